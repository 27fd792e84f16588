import type { Clock } from '../../shared/ports/clock.ts';

/** A clock that stands still until it is told to go. */
export interface FakeClock extends Clock {
  /** Lets time pass: sleepers wake in the order of their time, and what follows from each happens before the next. */
  advance(milliseconds: number): Promise<void>;
  /** How long each sleep asked for was to last, in order; those given up are among them. */
  readonly sleeps: readonly number[];
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];
  const nextUntil = (endMs: number): Sleeper | undefined =>
    [...sleepers].filter((sleeper) => sleeper.at <= endMs).sort((a, b) => a.at - b.at)[0];
  return {
    sleeps,
    now: () => nowMs,
    sleep(milliseconds, signal) {
      sleeps.push(milliseconds);
      return new Promise((resolve) => {
        const sleeper = { at: nowMs + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          resolve();
        });
      });
    },
    async advance(milliseconds) {
      const endMs = nowMs + milliseconds;
      await settle();
      for (let next = nextUntil(endMs); next; next = nextUntil(endMs)) {
        nowMs = next.at;
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** Lets all promises that can settle do so: a macrotask comes after every microtask. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
