import { inParallel } from '../../shared/core/in-parallel.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { type DatasetManifest, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import type { UrlSigner } from '../../shared/ports/url-signer.ts';
import type { TrainRequest } from './contract-request.ts';
import { type Job, lastCheckpoint, secondsSpent } from './job.ts';
import { cancelKey, checkpointKey, progressKey, roundPackKey } from './job-keys.ts';

/**
 * Of one round: SageMaker ends an invocation after an hour at most, and making the pack takes its time.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
 */
export const ROUND_SECONDS = 3_000;
export const ROUND_TIMEOUT_SECONDS = 3_600;
/** How long a round may wait for an instance that has to start first, behind others. */
export const ROUND_TTL_SECONDS = 7_200;
/** Between the end of a round's time and the moment when nothing is expected of it any more. */
export const GRACE_SECONDS = 300;
/** Objects of progress that a round may write: it spreads its epochs over them. */
const PROGRESS_OBJECTS = 32;

interface Family {
  readonly family: string;
  readonly kind: DatasetManifest['kind'];
  /** The task of an evaluation of such a model. */
  readonly evaluatedAs: 'classification' | 'ranking';
  readonly packPaths: readonly string[];
}

const GRAPH = 'onnx/model_quantized.onnx';

/** What each task is called at the endpoint, what it learns from and what its packs consist of. */
export const FAMILY_BY_TASK: Readonly<Record<TrainRequest['task'], Family>> = {
  'text-classification': {
    family: 'text-classifier',
    kind: 'text-classification',
    evaluatedAs: 'classification',
    packPaths: ['manifest.json', 'README.md', 'config.json', 'tokenizer.json', GRAPH],
  },
  'image-classification': {
    family: 'image-classifier',
    kind: 'image-classification',
    evaluatedAs: 'classification',
    packPaths: ['manifest.json', 'README.md', 'config.json', 'preprocessor_config.json', GRAPH],
  },
  recommendation: {
    family: 'recommender',
    kind: 'interactions',
    evaluatedAs: 'ranking',
    packPaths: ['manifest.json', 'README.md', 'items.json', GRAPH],
  },
};

/** The request of a job's round, schema version 1: infra/trainer/ENDPOINT.md. `pictures` are paths in the dataset's folder. */
export async function roundRequest(
  signer: UrlSigner,
  tenant: string,
  job: Job,
  fence: number,
  dataset: DatasetManifest,
  pictures: readonly string[] | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const ttlSeconds = ROUND_TTL_SECONDS + ROUND_TIMEOUT_SECONDS + GRACE_SECONDS;
  const read = (key: string) => signer.toRead(key, ttlSeconds);
  const write = (key: string) => signer.toWrite(key, ttlSeconds);
  const { family, packPaths } = FAMILY_BY_TASK[job.request.task];
  const { task: _, dataset: __, model: ___, title, limits: ____, promote: _____, ...asked } = job.request;
  const before = lastCheckpoint(job);
  const root = datasetVersionPrefix(tenant, dataset.name, dataset.version);
  const addressOf = async (path: string) => [path, await read(root + path)] as const;
  const splits = await Promise.all(
    SPLIT_NAMES.map(async (name) => {
      const parts = dataset.splits[name].parts.map(async ({ path, ...part }) => ({
        ...part,
        url: await read(root + path),
      }));
      return [name, await Promise.all(parts)] as const;
    }),
  );
  return toJsonBytes({
    schemaVersion: 1,
    job: job.id,
    round: fence,
    fence,
    family,
    ...asked,
    pack: { ...job.pack, ...(title === undefined ? {} : { title }) },
    dataset: {
      ...{ name: dataset.name, version: dataset.version, kind: dataset.kind, labels: dataset.labels },
      splits: Object.fromEntries(splits),
      ...(pictures === null ? {} : { pictures: Object.fromEntries(await inParallel(pictures, addressOf)) }),
    },
    checkpoint: {
      get: before === null ? null : await read(checkpointKey(tenant, job.id, before.fence)),
      ...(before === null ? {} : { sha256: before.sha256 }),
      put: await write(checkpointKey(tenant, job.id, fence)),
    },
    progress: await Promise.all(
      Array.from({ length: PROGRESS_OBJECTS }, (_, place) => write(progressKey(tenant, job.id, fence, place))),
    ),
    cancel: await read(cancelKey(tenant, job.id)),
    packFiles: Object.fromEntries(
      await Promise.all(
        packPaths.map(async (path) => [path, await write(roundPackKey(tenant, job.id, fence, path))] as const),
      ),
    ),
    limits: { roundSeconds: ROUND_SECONDS, jobSeconds: job.jobSeconds, spentSeconds: secondsSpent(job) },
  });
}
