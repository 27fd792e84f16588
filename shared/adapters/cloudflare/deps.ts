import { createHttpDeps } from '../../http/deps.ts';
import type { HttpDeps } from '../../http/new-app.ts';
import { logRefreshFailure } from '../../http/request-log.ts';
import type { BlobStore } from '../../ports/blob-store.ts';
import type { Clock } from '../../ports/clock.ts';
import { createResilientBlobStore } from '../web/resilient-blob-store.ts';
import { createSystemClock } from '../web/system-clock.ts';
import { parseEnv } from './env.ts';
import { createR2BlobStore } from './r2-blob-store.ts';

/** What a function's Worker is built from; made once per isolate. */
export interface Platform {
  readonly http: HttpDeps;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly onRefreshFailed: (model: string, reason: string) => void;
}

export function createPlatform(env: unknown): Platform {
  const { BUCKET, LOG_REQUESTS } = parseEnv(env);
  const clock = createSystemClock();
  const store = createResilientBlobStore(createR2BlobStore({ bucket: BUCKET }), { clock, random: Math.random });
  const http = createHttpDeps(store, clock, LOG_REQUESTS);
  return {
    http,
    store,
    clock,
    onRefreshFailed: logRefreshFailure(http.log),
  };
}
