import { gunzip } from '../../shared/core/gzip.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { type DatasetManifest, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';

/**
 * Pictures that a dataset may have to be trained on. Each round's request has a presigned address of each: at two milliseconds of computing
 * and 400 bytes an address, 5,000 take ten of the thirty seconds that a Worker has and 2 MB of the 64 MiB that the endpoint takes.
 */
export const MAX_PICTURES = 5_000;

/** The paths of the pictures that the rows of all splits name, relative to the version's folder, each once. */
export async function picturesOf(
  store: BlobStore,
  tenant: string,
  { name, version, splits }: DatasetManifest,
): Promise<string[]> {
  const root = datasetVersionPrefix(tenant, name, version);
  const paths = new Set<string>();
  for (const { path } of SPLIT_NAMES.flatMap((split) => splits[split].parts)) {
    const found = await store.get(root + path);
    if (found.kind === 'missing') throw new StorageError('get', root + path);
    const text = new TextDecoder().decode(await gunzip(await found.bytes()));
    for (const line of text.split('\n')) {
      const image = imageOf(line);
      if (image !== null) paths.add(image);
    }
  }
  return [...paths];
}

/** Null where the line names none inside the folder: the endpoint says which row that is. */
function imageOf(line: string): string | null {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return null;
  }
  const image = typeof row === 'object' && row !== null && 'image' in row ? row.image : null;
  const isInside = typeof image === 'string' && image.split('/').every((part) => !['', '.', '..'].includes(part));
  return isInside ? image : null;
}
