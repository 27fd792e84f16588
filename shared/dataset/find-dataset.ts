import type { Outcome } from '../core/failure.ts';
import { fromJsonBytes } from '../core/json-bytes.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { listFolders } from '../ports/list-all.ts';
import { datasetManifestKey, datasetPrefix } from './dataset-keys.ts';
import { type DatasetManifest, DatasetManifestSchema, DeletedDatasetSchema } from './dataset-manifest.ts';

/** The manifest of a version, of the newest whole one where none is said. `not-found` where there is none. */
export async function findDataset(
  store: BlobStore,
  tenant: string,
  name: string,
  version?: string,
): Promise<Outcome<DatasetManifest>> {
  const versions = version === undefined ? await listDatasetVersions(store, tenant, name) : [version];
  for (const candidate of versions.reverse()) {
    const manifest = await readDatasetManifest(store, tenant, name, candidate);
    if (manifest) return ok(manifest);
  }
  const what = version === undefined ? `dataset "${name}"` : `version "${version}" of the dataset "${name}"`;
  return fail({ kind: 'not-found', detail: `There is no ${what}.` });
}

/** Oldest first; those that are still being written, or were left unfinished, among them. */
export async function listDatasetVersions(store: BlobStore, tenant: string, name: string): Promise<string[]> {
  return (await listFolders(store, datasetPrefix(tenant, name))).sort();
}

/** Null where the version is not there: never made, not whole yet, or deleted. */
export async function readDatasetManifest(
  store: BlobStore,
  tenant: string,
  name: string,
  version: string,
): Promise<DatasetManifest | null> {
  const found = await store.get(datasetManifestKey(tenant, name, version));
  if (found.kind === 'missing') return null;
  const content = fromJsonBytes(await found.bytes());
  return DeletedDatasetSchema.safeParse(content).success ? null : DatasetManifestSchema.parse(content);
}
