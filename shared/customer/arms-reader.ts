import type { Outcome } from '../core/failure.ts';
import { createRefreshedCache, type Defer } from '../core/refreshed-cache.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ArmsDocument } from './arms.ts';
import { readStoredArms } from './arms-store.ts';
import { armsKey } from './customer-keys.ts';

/** Names kept, most of which have no document. */
const MAX_CACHED = 1_000;

/** Gives the A/B definitions behind names, at most 30 s old, names without one included. */
export interface ArmsReader {
  /** `null` where the name means no experiment. `defer` takes work that may end after the answer. */
  read(tenant: string, name: string, defer: Defer): Promise<Outcome<ArmsDocument | null>>;
}

export function createArmsReader(store: BlobStore, clock: Clock): ArmsReader {
  const cache = createRefreshedCache({
    load: (key) => readArms(store, key),
    isKept: (read) => read.ok,
    now: clock.now,
    maxKeys: MAX_CACHED,
  });
  return { read: (tenant, name, defer) => cache.read(armsKey(tenant, name), defer) };
}

async function readArms(store: BlobStore, key: string): Promise<Outcome<ArmsDocument | null>> {
  const { content } = await readStoredArms(store, key);
  if (content !== 'damaged') return ok(content);
  return fail({ kind: 'model-unusable', detail: `The A/B definition ${key} cannot be read.` });
}
