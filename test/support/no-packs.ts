import type { AskedModel } from '../../functions/evaluate/packs.ts';
import type { PackCache } from '../../shared/model/pack-cache.ts';

/** For tests in which no model is asked. */
export const NO_PACKS: PackCache<AskedModel> = {
  acquire: async () => {
    throw new Error('no model was to be asked');
  },
  peek: () => undefined,
  usedBytes: () => 0,
};
