/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** Upper bound of the first wait; doubles with each attempt. */
  readonly baseMs: number;
  /** Upper bound of any wait. */
  readonly capMs: number;
}

/**
 * Wait before retry number `retry` (from 0): uniform between 0 and min(cap, base · 2^retry), "full jitter", so that clients that
 * failed together don't come back together. `random` is in [0, 1).
 * Brooker, "Timeouts, retries, and backoff with jitter", Amazon Builders' Library; the formula is that of his "Exponential
 * Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function fullJitterMs(backoff: Backoff, retry: number, random: number): number {
  return random * Math.min(backoff.capMs, backoff.baseMs * 2 ** retry);
}
