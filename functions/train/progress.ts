import { inParallel } from '../../shared/core/in-parallel.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { type Epoch, EpochSchema } from './answer.ts';
import { progressPrefix } from './job-keys.ts';

/** What a round wrote of its epochs so far, oldest first; lines that are not understood are left out. */
export async function readProgress(store: BlobStore, tenant: string, id: string, fence: number): Promise<Epoch[]> {
  const blobs = await listBlobs(store, progressPrefix(tenant, id, fence));
  const told = await inParallel(blobs, async ({ key }) => {
    const found = await store.get(key);
    return found.kind === 'found' ? parseLines(new TextDecoder().decode(await found.bytes())) : [];
  });
  return told.flat();
}

function parseLines(text: string): Epoch[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = EpochSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
