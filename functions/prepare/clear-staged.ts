import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { type BuildPlace, buildPrefix } from './plan.ts';

/** Deletes what was staged: it is in the version now, or will never be in one. */
export async function clearStaged(store: BlobStore, place: BuildPlace): Promise<void> {
  for (const { key } of await listBlobs(store, buildPrefix(place))) {
    if (!/\/(?:plan|state)\.json$/.test(key)) await store.delete(key);
  }
}
