import { consume } from '../../functions/evaluate/consume.ts';
import type { EvaluateDeps } from '../../functions/evaluate/deps.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import type { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import type { Random } from './random.ts';

interface World {
  readonly deps: EvaluateDeps;
  readonly queue: ReturnType<typeof createMemoryQueue<EvaluateMessage>>;
}

/** Some messages twice, in any order; each Worker may be killed at any call. */
export async function deliverRoughly({ deps, queue }: World, random: Random): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await queue.deliver(async (messages) => {
      const doubled = messages.flatMap((message) => (random.below(3) === 0 ? [message, message] : [message]));
      const shuffled = doubled.map((message) => ({ message, place: random.below(1_000_000) }));
      shuffled.sort((a, b) => a.place - b.place);
      // Two at a time run beside each other.
      for (let at = 0; at < shuffled.length; at += 2) {
        const pair = shuffled.slice(at, at + 2);
        await Promise.all(pair.map(({ message }) => runKilled(deps, message, random)));
      }
      return messages.map(() => ({ kind: 'retry', afterSeconds: 0 }) as const);
    });
  }
}

/** A message that a Worker takes which may be killed at any call. */
export async function runKilled(deps: EvaluateDeps, message: EvaluateMessage, random: Random): Promise<void> {
  const store = killing(deps.store, random.below(12), random);
  await consume({ ...deps, store }, [message]);
}

/** A store that answers nobody from this call on, as to a Worker that was killed: that call's effect may have happened. */
export function killing(store: BlobStore, calls: number, random: Random): BlobStore {
  let left = calls;
  const guarded = async <T>(effect: () => Promise<T>): Promise<T> => {
    left--;
    if (left > 0) return effect();
    if (left === 0 && random.below(2) === 0) await effect();
    throw new StorageError('call', 'of a killed Worker');
  };
  return {
    get: (key, range) => guarded(() => store.get(key, range)),
    head: (key) => guarded(() => store.head(key)),
    put: (key, body, condition) => guarded(() => store.put(key, body, condition)),
    list: (query) => guarded(() => store.list(query)),
    delete: (key) => guarded(() => store.delete(key)),
  };
}

/** Until nothing waits. */
export async function deliverCalmly({ deps, queue }: World): Promise<void> {
  while (queue.waiting.length > 0) await queue.deliver((messages) => consume(deps, messages));
}
