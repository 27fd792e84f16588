import type { Failure, Outcome } from '../core/failure.ts';
import { fail } from '../core/result.ts';
import type { Clock } from '../ports/clock.ts';
import { type PackLocation, packId } from './pack.ts';

/** Something loaded from a pack that holds engine memory until released. */
export interface Loaded {
  readonly heapBytes: number;
  release(): Promise<void>;
}

export interface PackCacheOptions<T extends Loaded> {
  readonly load: (location: PackLocation) => Promise<Outcome<T>>;
  readonly clock: Clock;
  /** Sum of `heapBytes` kept at most; the least recently used packs go first. */
  readonly budgetBytes: number;
  /**
   * How long a request waits for a load that another request started. In workerd a promise belongs to the request that made it
   * and may never settle once that one is cancelled; then the waiter loads in its own context.
   */
  readonly waitMs: number;
}

/** Keeps packs loaded: one load is shared by all who ask meanwhile, a failed load is forgotten at once. */
export interface PackCache<T> {
  acquire(location: PackLocation): Promise<Outcome<T>>;
  /** The pack if it is loaded, without waiting. */
  peek(location: PackLocation): T | undefined;
  /** Sum of the kept packs' `heapBytes`. */
  usedBytes(): number;
}

export function createPackCache<T extends Loaded>(options: PackCacheOptions<T>): PackCache<T> {
  const loaded = new Map<string, T>();
  const loading = new Map<string, Promise<Outcome<T>>>();

  async function loadAndKeep(location: PackLocation, id: string): Promise<Outcome<T>> {
    const outcome = await options.load(location);
    if (!outcome.ok) return outcome;
    const earlier = loaded.get(id);
    if (earlier) {
      await outcome.value.release();
      return { ok: true, value: earlier };
    }
    if (outcome.value.heapBytes > options.budgetBytes) {
      await outcome.value.release();
      return fail(overBudget(location, outcome.value.heapBytes, options.budgetBytes));
    }
    loaded.set(id, outcome.value);
    await evict(loaded, options.budgetBytes, id);
    return outcome;
  }

  function start(location: PackLocation, id: string): Promise<Outcome<T>> {
    const load = loadAndKeep(location, id).finally(() => {
      if (loading.get(id) === load) loading.delete(id);
    });
    loading.set(id, load);
    return load;
  }

  return {
    async acquire(location) {
      const id = packId(location);
      const kept = loaded.get(id);
      if (kept) {
        loaded.delete(id);
        loaded.set(id, kept);
        return { ok: true, value: kept };
      }
      const shared = loading.get(id);
      if (!shared) return start(location, id);
      const outcome = await Promise.race([shared, options.clock.sleep(options.waitMs).then(() => undefined)]);
      if (outcome) return outcome;
      const meanwhile = loaded.get(id);
      if (meanwhile) return { ok: true, value: meanwhile };
      if (loading.get(id) === shared) loading.delete(id);
      return start(location, id);
    },
    peek: (location) => loaded.get(packId(location)),
    usedBytes: () => sumHeap(loaded),
  };
}

/** Releases the least recently used packs until the rest fits; `keep` was just loaded and stays. */
async function evict<T extends Loaded>(loaded: Map<string, T>, budgetBytes: number, keep: string): Promise<void> {
  for (const [id, pack] of loaded) {
    if (sumHeap(loaded) <= budgetBytes) return;
    if (id === keep) continue;
    loaded.delete(id);
    await pack.release();
  }
}

function sumHeap<T extends Loaded>(loaded: ReadonlyMap<string, T>): number {
  let sum = 0;
  for (const pack of loaded.values()) sum += pack.heapBytes;
  return sum;
}

function overBudget(location: PackLocation, heapBytes: number, budgetBytes: number): Failure {
  const detail = `${location.name}@${location.version} needs about ${heapBytes} bytes of memory; this function gives packs ${budgetBytes}.`;
  return { kind: 'model-unusable', detail };
}
