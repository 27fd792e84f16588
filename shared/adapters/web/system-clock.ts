import type { Clock } from '../../ports/clock.ts';

/** The platform's own clock. In deployed Workers it stands still during CPU work: it dates things, it doesn't time them. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = setTimeout(resolve, milliseconds);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
