import type { BlobStore } from '../../../shared/ports/blob-store.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { readPort } from '../start/settings.ts';
import { readInstance } from '../workspace/instance.ts';
import { localStore } from '../workspace/local-store.ts';
import { stateFolder } from '../workspace/paths.ts';
import { openS3Store } from '../workspace/s3-store.ts';
import { type CommandCall, isSet, type Option, textOption, UsageError } from './command.ts';

/** Options of every command that writes to object storage. */
export const TARGET_OPTIONS: Readonly<Record<string, Option>> = {
  local: { type: 'boolean', help: 'the bucket of a running npm start (the default)' },
  url: { type: 'string', value: 'URL', help: 'address of that npm start, if it is not the one of this state folder' },
  s3: {
    type: 'string',
    value: 'BUCKET',
    help: 'a bucket of S3 or R2; credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY',
  },
  endpoint: {
    type: 'string',
    value: 'URL',
    help: 'with --s3: https://<account>.r2.cloudflarestorage.com; without, AWS',
  },
  region: { type: 'string', value: 'REGION', help: 'with --s3; else AWS_REGION, else auto' },
};

/** The store that the options name, and how to call it in a message. */
export interface Target {
  readonly store: BlobStore;
  readonly label: string;
  /** Address of the functions over that store, where known. */
  readonly url?: string;
}

/** Throws `UsageError` for options that contradict, `DevError` when nothing answers there. */
export async function openTarget(call: CommandCall): Promise<Target> {
  const bucket = textOption(call, 's3');
  if (bucket !== undefined) {
    if (isSet(call, 'local') || textOption(call, 'url')) throw new UsageError('give --s3 or --local, not both');
    return { store: openBucket(call, bucket), label: `bucket ${bucket}` };
  }
  if (textOption(call, 'endpoint') || textOption(call, 'region'))
    throw new UsageError('--endpoint and --region need --s3');
  const url = textOption(call, 'url') ?? localUrl(call.environment);
  await requireRunning(url);
  return { store: localStore(url), label: `local bucket at ${url}`, url };
}

/** Where `npm start` serves: the instance of the state folder, else `PORT`. */
export function localUrl(environment: NodeJS.ProcessEnv): string {
  return readInstance(stateFolder(environment))?.url ?? `http://127.0.0.1:${readPort(environment['PORT'])}`;
}

function openBucket(call: CommandCall, bucket: string): BlobStore {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION,
    AWS_ENDPOINT_URL_S3,
  } = call.environment;
  if (!accessKeyId || !secretAccessKey) {
    throw new DevError(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.',
      'Export the credentials of the bucket (for R2: an API token of the bucket, as S3 credentials).',
    );
  }
  const endpoint = textOption(call, 'endpoint') ?? AWS_ENDPOINT_URL_S3;
  return openS3Store({
    bucket,
    region: textOption(call, 'region') ?? AWS_REGION ?? 'auto',
    ...(endpoint ? { endpoint } : {}),
    credentials: { accessKeyId, secretAccessKey },
  });
}

async function requireRunning(url: string): Promise<void> {
  try {
    await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new DevError(`nothing answers at ${url}.`, 'Start it with npm start, or name another address with --url.');
  }
}
