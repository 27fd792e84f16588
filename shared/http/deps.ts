import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { createBlobKeyRing } from './blob-key-ring.ts';
import { createLoadGauge } from './load-gauge.ts';
import type { HttpDeps } from './new-app.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createConsoleLog, type Log } from './request-log.ts';

/** The HTTP part of a function's dependencies, the same on every platform. */
export function createHttpDeps(store: BlobStore, clock: Clock, logRequests: 'all' | 'failures'): HttpDeps {
  return {
    keyRing: createBlobKeyRing(store, clock),
    rateLimiter: createRateLimiter(clock),
    clock,
    log: logRequests === 'all' ? createConsoleLog() : onlyFailures(createConsoleLog()),
    newId: () => crypto.randomUUID(),
    gauge: createLoadGauge(),
    isReady: async () => (await store.list({ prefix: 'models/', limit: 1 })).blobs.length > 0,
  };
}

function onlyFailures(log: Log): Log {
  return (record) => {
    if (record.event === 'incident' || record.status >= 400) log(record);
  };
}
