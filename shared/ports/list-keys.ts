import type { BlobStore } from './blob-store.ts';

/** All keys that begin with `prefix`, in code-point order, page by page. */
export async function listKeys(store: BlobStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key } of page.blobs) keys.push(key);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return keys;
}
