import { gunzip } from '../../shared/core/gzip.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import type { DatasetManifest, SplitName } from '../../shared/dataset/dataset-manifest.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';

/** The first rows of a split, part by part. */
export async function firstRows(
  store: BlobStore,
  tenant: string,
  { name, version, splits }: DatasetManifest,
  split: SplitName,
  limit: number,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const { path } of splits[split].parts) {
    if (rows.length >= limit) break;
    const found = await store.get(`${datasetVersionPrefix(tenant, name, version)}${path}`);
    if (found.kind === 'missing') break;
    const lines = new TextDecoder().decode(await gunzip(await found.bytes())).split('\n', limit - rows.length);
    for (const line of lines) if (line !== '') rows.push(JSON.parse(line));
  }
  return rows;
}
