import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { type Epoch, EpochSchema } from './answer.ts';
import { EPOCHS_SHOWN } from './contract.ts';
import { progressPrefix } from './job-keys.ts';

/** What a round wrote of its epochs so far, oldest first; lines that are not understood are left out. */
export async function readProgress(store: BlobStore, tenant: string, id: string, fence: number): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  for (const { key } of await listBlobs(store, progressPrefix(tenant, id, fence))) {
    const found = await store.get(key);
    if (found.kind === 'found') epochs.push(...parseLines(new TextDecoder().decode(await found.bytes())));
  }
  return epochs.slice(-EPOCHS_SHOWN);
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
