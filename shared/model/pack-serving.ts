import type { Outcome } from '../core/failure.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { InferenceEngine } from '../ports/inference-engine.ts';
import type { PackLocation } from './pack.ts';
import { createPackCache, type Loaded } from './pack-cache.ts';
import { createRegistry } from './registry.ts';
import { createServing, type Serving } from './serving.ts';

/** Memory that loaded packs may take, of the 128 MB that an isolate has: the rest is the runtime, the code and requests. */
const PACK_BUDGET_BYTES = 100 * 1024 * 1024;

/** How long a request waits for a load that another one started, before it loads in its own context. */
const LOAD_WAIT_MS = 5_000;

export interface ServingDeps {
  readonly store: BlobStore;
  readonly engine: InferenceEngine;
  readonly clock: Clock;
  readonly onRefreshFailed: (model: string, reason: string) => void;
}

/** Packs by name, each loaded once by `load` and kept within the isolate's memory. */
export function createPackServing<T extends Loaded>(
  deps: ServingDeps,
  load: (store: BlobStore, engine: InferenceEngine, location: PackLocation) => Promise<Outcome<T>>,
): Serving<T> {
  const { store, engine, clock, onRefreshFailed } = deps;
  return createServing({
    registry: createRegistry(store),
    cache: createPackCache({
      load: (location) => load(store, engine, location),
      clock,
      budgetBytes: PACK_BUDGET_BYTES,
      waitMs: LOAD_WAIT_MS,
    }),
    clock,
    onRefreshFailed,
  });
}
