import type { Clock } from '../ports/clock.ts';

const WINDOW_SECONDS = 60;
/** Keys counted at most; beyond it, counters of past windows are dropped. */
const MAX_COUNTERS = 10_000;

export interface RateDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface RateLimiter {
  /** Counts one request of `keyId` against `requestsPerMinute`. */
  take(keyId: string, requestsPerMinute: number): RateDecision;
}

/**
 * Fixed windows of one minute per key, counted in this isolate's memory: no storage on the way of a request. Trade-off
 * accepted: several isolates count apart, so a key may get its quota from each; it protects a Worker from a runaway caller, it
 * doesn't bill.
 */
export function createRateLimiter(clock: Clock): RateLimiter {
  const counters = new Map<string, { window: number; count: number }>();
  return {
    take(keyId, requestsPerMinute) {
      const now = clock.now();
      const window = Math.floor(now / (WINDOW_SECONDS * 1000));
      let counter = counters.get(keyId);
      if (counter?.window !== window) {
        if (counters.size >= MAX_COUNTERS) dropPast(counters, window);
        counter = { window, count: 0 };
        counters.set(keyId, counter);
      }
      const allowed = counter.count < requestsPerMinute;
      if (allowed) counter.count++;
      return {
        allowed,
        limit: requestsPerMinute,
        remaining: requestsPerMinute - counter.count,
        resetSeconds: Math.max(1, Math.ceil(((window + 1) * WINDOW_SECONDS * 1000 - now) / 1000)),
      };
    },
  };
}

function dropPast(counters: Map<string, { window: number; count: number }>, window: number): void {
  for (const [keyId, counter] of counters) if (counter.window !== window) counters.delete(keyId);
}

/** `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-11: quota, window, rest, seconds to reset. */
export function rateLimitHeaders(decision: RateDecision): Record<string, string> {
  return {
    'ratelimit-policy': `"default";q=${decision.limit};w=${WINDOW_SECONDS}`,
    ratelimit: `"default";r=${decision.remaining};t=${decision.resetSeconds}`,
  };
}
