import type { BlobPage, BlobStore } from './blob-store.ts';

/** All objects whose keys begin with `prefix`, in code-point order, page by page. */
export async function listBlobs(store: BlobStore, prefix: string): Promise<BlobPage['blobs'][number][]> {
  const blobs: BlobPage['blobs'][number][] = [];
  for await (const page of pages(store, { prefix })) blobs.push(...page.blobs);
  return blobs;
}

/** Names of the folders directly below `prefix`, which ends in a slash. */
export async function listFolders(store: BlobStore, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { folders } of pages(store, { prefix, delimiter: '/' }))
    for (const folder of folders) names.push(folder.slice(prefix.length, -1));
  return names;
}

async function* pages(
  store: BlobStore,
  query: { readonly prefix: string; readonly delimiter?: '/' },
): AsyncGenerator<BlobPage> {
  let cursor: string | undefined;
  do {
    const page = await store.list(cursor === undefined ? query : { ...query, cursor });
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
