import { fromJsonBytes } from '../../shared/core/json-bytes.ts';
import { ManifestSchema } from '../../shared/model/manifest.ts';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { TrainedOn } from './contract.ts';

/** Versions looked at; a tenant with more is told so by the last one's place. */
const MAX_LOOKED_AT = 500;

/**
 * The tenant's data sets and packs that were made from its customers' data and so may hold a person's: every version of a data set, packs
 * that recommend, and packs whose lineage names events or a data set of the tenant. What a pack does not say of itself is not known.
 */
export async function listTrainedOn(store: BlobStore, tenant: string): Promise<TrainedOn[]> {
  const found: TrainedOn[] = [];
  for (const { name, version } of await listVersions(store, `tenants/${tenant}/datasets/`)) {
    found.push({ kind: 'dataset', name, version });
  }
  const root = `${tenantModelsRoot(tenant)}/`;
  for (const { name, version, key } of await listVersions(store, root)) {
    const manifest = await store.get(key);
    if (manifest.kind === 'missing') continue;
    const parsed = ManifestSchema.safeParse(fromJsonBytes(await manifest.bytes()));
    if (!parsed.success) continue;
    const { recommender, lineage } = parsed.data;
    const isFromCustomers = recommender !== undefined || /\bevents\b|\bdatasets?\b/.test(JSON.stringify(lineage ?? {}));
    if (isFromCustomers) found.push({ kind: 'model', name, version });
  }
  return found;
}

async function listVersions(
  store: BlobStore,
  root: string,
): Promise<{ readonly name: string; readonly version: string; readonly key: string }[]> {
  const versions: { name: string; version: string; key: string }[] = [];
  const names = (await store.list({ prefix: root, delimiter: '/' })).folders;
  for (const folder of names) {
    for (const versionFolder of (await store.list({ prefix: folder, delimiter: '/' })).folders) {
      const name = folder.slice(root.length, -1);
      const version = versionFolder.slice(folder.length, -1);
      if (name === '' || !/^\d/.test(version) || versions.length === MAX_LOOKED_AT) continue;
      versions.push({ name, version, key: `${versionFolder}manifest.json` });
    }
  }
  return versions;
}
