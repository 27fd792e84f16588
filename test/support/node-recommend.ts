import { createApp } from '../../functions/recommend/app.ts';
import { createAssortments } from '../../functions/recommend/assortment.ts';
import { openPseudonyms } from '../../functions/recommend/pseudonyms.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createArmsReader } from '../../shared/customer/arms-reader.ts';
import { createCatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import { createHttpDeps } from '../../shared/http/deps.ts';
import type { App } from '../../shared/http/new-app.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { loadRecommenderModel } from '../../shared/model/recommender-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { PSEUDONYM_SECRET } from './test-server.ts';

/** The function `recommend` in this process, over any store and clock; without a secret it knows no users by id. */
export async function createNodeRecommend(
  store: BlobStore,
  clock: Clock,
  secret: string | undefined = PSEUDONYM_SECRET,
): Promise<App> {
  const engine = await createNodeOnnxEngine();
  return createApp({
    ...createHttpDeps(store, clock, 'failures'),
    background: () => {},
    store,
    clock,
    pseudonymizer: openPseudonyms(secret),
    serving: createPackServing({ store, engine, clock, onRefreshFailed: () => {} }, loadRecommenderModel),
    assortments: createAssortments(createCatalogueReader(store, clock)),
    arms: createArmsReader(store, clock),
    randomBytes: (count) => new Uint8Array(count),
  });
}
