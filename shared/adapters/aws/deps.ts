import { createHttpDeps } from '../../http/deps.ts';
import type { HttpDeps } from '../../http/new-app.ts';
import { logRefreshFailure } from '../../http/request-log.ts';
import type { BlobStore } from '../../ports/blob-store.ts';
import type { Clock } from '../../ports/clock.ts';
import { createResilientBlobStore } from '../web/resilient-blob-store.ts';
import { createS3BlobStore } from '../web/s3-blob-store.ts';
import { createSystemClock } from '../web/system-clock.ts';
import { type Background, createBackground } from './api-gateway.ts';
import { parseEnv } from './env.ts';
import { nodeRequestBody } from './node-request-body.ts';

/** What a Lambda function is built from; made once per instance. */
export interface Platform {
  readonly http: HttpDeps;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly background: Background;
  readonly onRefreshFailed: (model: string, reason: string) => void;
}

export function createPlatform(env: unknown): Platform {
  const { EDGEMARK_BUCKET, EDGEMARK_S3_ENDPOINT, AWS_REGION, LOG_REQUESTS } = parseEnv(env);
  const clock = createSystemClock();
  const s3 = createS3BlobStore({
    bucket: EDGEMARK_BUCKET,
    region: AWS_REGION,
    ...(EDGEMARK_S3_ENDPOINT === undefined ? {} : { endpoint: EDGEMARK_S3_ENDPOINT }),
    toRequestBody: nodeRequestBody,
  });
  const store = createResilientBlobStore(s3, { clock, random: Math.random });
  const background = createBackground();
  const http = { ...createHttpDeps(store, clock, LOG_REQUESTS), background: background.add };
  return {
    http,
    store,
    clock,
    background,
    onRefreshFailed: logRefreshFailure(http.log),
  };
}
