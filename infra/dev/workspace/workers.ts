import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DevError } from '../bootstrap/dev-error.mjs';
import { parseJsonc } from './jsonc.ts';
import { ROOT } from './paths.ts';

const WorkerConfigSchema = z.object({
  name: z.string(),
  r2_buckets: z
    .array(
      z.object({
        bucket_name: z.string(),
        local_dev: z
          .object({
            experimental_s3_credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
          })
          .optional(),
      }),
    )
    .default([]),
});

/** A function that runs as a Worker. */
export interface WorkerFolder {
  /** Folder name under `functions/`. */
  readonly name: string;
  readonly configPath: string;
}

/** Where the local bucket is reached over S3, and with which local-only credentials. */
export interface LocalBucket {
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The first Worker given to wrangler is the one that its port reaches. */
const FIRST = 'gateway';

/** All functions with a wrangler.jsonc, the gateway first. */
export function findWorkers(functionsFolder = join(ROOT, 'functions')): WorkerFolder[] {
  const workers = readdirSync(functionsFolder)
    .sort()
    .map((name) => ({ name, configPath: join(functionsFolder, name, 'wrangler.jsonc') }))
    .filter((worker) => existsSync(worker.configPath));
  if (workers.length === 0)
    throw new DevError(`no functions/*/wrangler.jsonc in ${ROOT}.`, 'Is the checkout complete? git status');
  return workers.sort((a, b) => Number(b.name === FIRST) - Number(a.name === FIRST));
}

/** The bucket that some wrangler.jsonc opens to local S3 clients. */
export function findLocalBucket(workers: readonly WorkerFolder[]): LocalBucket {
  for (const worker of workers) {
    const config = WorkerConfigSchema.parse(parseJsonc(readFileSync(worker.configPath, 'utf8')));
    for (const bucket of config.r2_buckets) {
      const credentials = bucket.local_dev?.experimental_s3_credentials;
      if (credentials) return { bucket: bucket.bucket_name, ...credentials };
    }
  }
  throw new DevError(
    'no wrangler.jsonc has r2_buckets[].local_dev.experimental_s3_credentials.',
    'Without it nothing can be put into the local bucket: restore functions/gateway/wrangler.jsonc.',
  );
}
