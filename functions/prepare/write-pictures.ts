import { inParallel } from '../../shared/core/in-parallel.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { BuildError } from './build-error.ts';
import type { BuildPlace, Plan } from './plan.ts';
import { listZip, readZipEntry } from './read-zip.ts';
import type { ZipEntry } from './zip-directory.ts';

/** Copies the pictures of rows that are kept from the ZIP beside the rows. The names are their digests: done twice it is the same. */
export async function writePictures(
  store: BlobStore,
  place: BuildPlace & { readonly version: string },
  { source }: Plan,
  lines: readonly string[],
): Promise<void> {
  if (source.kind !== 'upload') return;
  const { parts } = source;
  const entries = new Map((await listZip(store, parts)).map((entry) => [entry.name, entry]));
  const prefix = datasetVersionPrefix(place.tenant, place.name, place.version);
  await inParallel(
    lines,
    async (line) => {
      // Staged by the scan, with these fields.
      const { id, image } = JSON.parse(line) as { id: string; image: string };
      const content = await readZipEntry(store, parts, entries.get(id) as ZipEntry);
      if (!content.ok) throw new BuildError(`The picture ${id} ${content.failure}.`);
      await store.put(`${prefix}${image}`, content.value);
    },
    3,
  );
}
