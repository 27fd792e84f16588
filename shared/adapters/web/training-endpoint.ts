import { z } from 'zod';
import type { TrainingRunner } from '../../ports/training-runner.ts';
import type { UrlSigner } from '../../ports/url-signer.ts';
import { createS3BlobStore, type S3Options } from './s3-blob-store.ts';
import { createS3UrlSigner } from './s3-url-signer.ts';
import { createSageMakerRunner } from './sagemaker-runner.ts';

const CredentialsSchema = z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });

const BucketSchema = z.strictObject({
  bucket: z.string().min(1),
  region: z.string().default('us-east-1'),
  /** Another S3 server than AWS's, such as R2's. */
  endpoint: z.url().optional(),
  credentials: CredentialsSchema.optional(),
});

/** The text of the secret `TRAINING`, JSON: where training happens. Credentials are left out where the function's own role is enough. */
const TrainingConfigSchema = z.strictObject({
  endpointName: z.string().min(1),
  region: z.string().default('us-east-1'),
  /** Another server than SageMaker, with its interface. */
  url: z.url().optional(),
  credentials: CredentialsSchema.optional(),
  /** Carries requests and answers: S3 that SageMaker reads and writes. */
  staging: BucketSchema,
  /** Where datasets lie and packs go, as the endpoint reaches it: on Cloudflare R2's address of the bucket that is bound. */
  data: BucketSchema,
  /** Of an instance of the endpoint. */
  usdPerHour: z.number().positive().optional(),
  /** Topics of SNS by which SageMaker tells that rounds ended: messages of others are refused. */
  topics: z
    .array(z.string().regex(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/))
    .max(10)
    .default([]),
});

/** What the secret says where there is no endpoint. */
const NONE = 'none';

export interface TrainingEndpoint {
  readonly runner: TrainingRunner;
  readonly signer: UrlSigner;
  readonly usdPerHour: number | null;
  readonly topics: readonly string[];
}

/** The endpoint that the text of the secret names; null where it says `none` or nothing. Throws where it can't be understood. */
export function openTrainingEndpoint(
  secret: string | undefined,
  toRequestBody: S3Options['toRequestBody'],
): TrainingEndpoint | null {
  const text = secret?.trim() ?? '';
  if (text === '' || text === NONE) return null;
  const { staging, data, usdPerHour, topics, url, endpointName, region, credentials } = parseConfig(text);
  const store = createS3BlobStore({ ...withoutUndefined(staging), toRequestBody });
  return {
    runner: createSageMakerRunner({
      ...withoutUndefined({ endpointName, region, credentials, endpoint: url }),
      staging: { bucket: staging.bucket, store },
    }),
    signer: createS3UrlSigner(withoutUndefined(data)),
    usdPerHour: usdPerHour ?? null,
    topics,
  };
}

function parseConfig(text: string): z.infer<typeof TrainingConfigSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('The secret TRAINING is misconfigured: it is neither JSON nor "none".');
  }
  const parsed = TrainingConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`The secret TRAINING is misconfigured: ${z.prettifyError(parsed.error)}`);
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The SDK takes a member that is undefined for one that is set. */
function withoutUndefined<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}
