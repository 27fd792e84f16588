import type { PutResult } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';

/** Tries of one document; each further one follows another writer's success or the store's wish to wait. */
const MAX_TRIES = 8;
/** The longest wait for a key that takes no more writes for now; whoever needs longer comes back later. */
const MAX_WAIT_SECONDS = 2;

/**
 * Reads, changes and writes a document under the condition that nobody wrote meanwhile, again and again until that holds. `attempt` makes
 * one try from the start: what it comes to, and what became of the write. `null` where others wrote at every try.
 */
export async function writeUntilWritten<T>(
  clock: Clock,
  attempt: () => Promise<{ readonly value: T; readonly written: PutResult | 'nothing-to-write' }>,
): Promise<T | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { value, written } = await attempt();
    if (written === 'nothing-to-write' || written.kind === 'written') return value;
    if (written.kind === 'throttled') {
      await clock.sleep(1000 * Math.min(written.retryAfterSeconds, MAX_WAIT_SECONDS));
    }
  }
  return null;
}
