import { gzipSync } from 'fflate';
import { compareCodePoints } from '../../shared/core/code-point-order.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { datasetManifestKey, datasetPartPath, datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import {
  type DatasetKind,
  type DatasetManifest,
  DatasetManifestSchema,
  type DatasetSplit,
  SPLIT_NAMES,
  type SplitName,
} from '../../shared/dataset/dataset-manifest.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { utf8 } from './utf8.ts';

export const DATASET_VERSION = '20260101T000000Z-0123456789';

export interface SeededDataset {
  readonly tenant?: string;
  readonly name: string;
  /** @default DATASET_VERSION */
  readonly version?: string;
  /** @default 'text-classification' */
  readonly kind?: DatasetKind;
  /** Of the rows beside those of the kind. */
  readonly columns?: readonly string[];
  /** Rows by split, in parts. */
  readonly splits: Partial<Readonly<Record<SplitName, readonly (readonly object[])[]>>>;
  /** By their paths. */
  readonly pictures?: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** Writes a version of a dataset as `POST /v1/datasets` leaves it: its pictures, its parts, and its manifest last. */
export async function seedDataset(store: BlobStore, dataset: SeededDataset): Promise<DatasetManifest> {
  const { tenant = 'acme', name, version = DATASET_VERSION, kind = 'text-classification' } = dataset;
  const prefix = datasetVersionPrefix(tenant, name, version);
  for (const [path, bytes] of Object.entries(dataset.pictures ?? {})) await store.put(prefix + path, bytes);
  const splits: Partial<Record<SplitName, DatasetSplit>> = {};
  for (const split of SPLIT_NAMES) splits[split] = await writeSplit(store, prefix, split, dataset.splits[split] ?? []);
  const labels = new Set(SPLIT_NAMES.flatMap((split) => Object.keys(splits[split]?.labels ?? {})));
  const manifest = DatasetManifestSchema.parse({
    schemaVersion: 1,
    name,
    version,
    createdAt: '2026-01-01T00:00:00.000Z',
    kind,
    columns: dataset.columns ?? [],
    labels: [...labels].sort(compareCodePoints),
    splits,
    source: { made: 'for tests' },
    settings: {},
    previous: null,
  });
  await store.put(datasetManifestKey(tenant, name, version), utf8(JSON.stringify(manifest)));
  return manifest;
}

async function writeSplit(
  store: BlobStore,
  prefix: string,
  split: SplitName,
  parts: readonly (readonly object[])[],
): Promise<DatasetSplit> {
  const written: DatasetSplit['parts'] = [];
  for (const [place, rows] of parts.entries()) {
    const path = datasetPartPath(split, place);
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const bytes = gzipSync(utf8(text), { mtime: 0 }) as Uint8Array<ArrayBuffer>;
    await store.put(prefix + path, bytes);
    written.push({ path, rows: rows.length, sizeBytes: bytes.length, sha256: await sha256Hex(bytes) });
  }
  const labels: Record<string, number> = {};
  for (const label of parts.flat().flatMap(labelsOf)) labels[label] = (labels[label] ?? 0) + 1;
  return { rows: parts.flat().length, parts: written, labels };
}

/** `label`, or `attribute=label` of each of several. */
function labelsOf(row: object): string[] {
  const { label, labels } = row as { readonly label?: unknown; readonly labels?: Readonly<Record<string, string>> };
  if (typeof label === 'string') return [label];
  return Object.entries(labels ?? {}).map(([attribute, own]) => `${attribute}=${own}`);
}
