import { TrainRequestSchema } from '../../functions/train/contract-request.ts';
import type { TrainDeps } from '../../functions/train/deps.ts';
import { type Job, readJob } from '../../functions/train/job.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { datasetManifestKey } from '../../shared/dataset/dataset-keys.ts';
import { type DatasetManifest, DatasetManifestSchema } from '../../shared/dataset/dataset-manifest.ts';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { readManifest } from '../../shared/model/pack.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { NotificationSource } from '../../shared/ports/notification-source.ts';
import { createStagedRunner, KEY_SIGNER } from './staged-endpoint.ts';

export const TENANT = 'acme';
export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:trained';
/** A source that signs nothing. */
const NO_NOTIFICATIONS: NotificationSource = { isSigned: async () => false, confirm: async () => {} };
export const CALLER = { tenant: TENANT, keyId: 'k-ada', requestId: 'r-12345678', defer: () => {} };
export const DATASET_VERSION = '20260101T000000Z-0123456789';

/** A dataset's manifest; its parts lie nowhere, since the tests' endpoint reads none. */
export async function seedDataset(store: BlobStore, changes: Partial<DatasetManifest> = {}): Promise<void> {
  const split = { rows: 10, parts: [], labels: { no: 5, yes: 5 } };
  const manifest = DatasetManifestSchema.parse({
    schemaVersion: 1,
    ...{ name: 'complaints', version: DATASET_VERSION, createdAt: '2026-01-01T00:00:00Z', kind: 'text-classification' },
    ...{ labels: ['no', 'yes'], splits: { train: split, validation: split, test: split } },
    ...{ source: {}, settings: {}, previous: null, ...changes },
  });
  await store.put(datasetManifestKey(TENANT, manifest.name, manifest.version), toJsonBytes(manifest));
}

export function trainRequest(changes: object = {}) {
  return TrainRequestSchema.parse({
    task: 'text-classification',
    dataset: { name: 'complaints' },
    model: 'complaints',
    hyperparameters: { epochs: 5 },
    ...changes,
  });
}

/** What the function needs over any ports; its endpoint takes rounds by objects of the same store. */
export function trainDeps(
  ports: Pick<TrainDeps, 'store' | 'coordinator' | 'clock'>,
  below: (limit: number) => number,
): TrainDeps {
  return {
    ...ports,
    newId: () => `id-${below(2 ** 31)}`,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    log: () => {},
    evaluations: null,
    endpoint: { runner: createStagedRunner(ports.store), signer: KEY_SIGNER, usdPerHour: 1.2, topics: [TOPIC] },
    notifications: NO_NOTIFICATIONS,
  };
}

export async function jobOf(store: BlobStore, id: string): Promise<Job> {
  const read = await readJob(store, TENANT, id);
  if (!read) throw new Error(`there is no job ${id}`);
  return read.job;
}

/** What the pack that a job made says of its accuracy; null while there is none. */
export async function packAccuracy(store: BlobStore, { pack }: Job): Promise<number | null> {
  const manifest = await readManifest(store, { root: tenantModelsRoot(TENANT), ...pack });
  return (manifest.ok && manifest.value?.metrics[0]?.value) || null;
}
