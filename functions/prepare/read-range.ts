import type { BlobRange, BlobStore } from '../../shared/ports/blob-store.ts';

/** Bytes that an earlier step wrote. They are there unless somebody else ended the build meanwhile: that is thrown, and tried again. */
export async function readRange(store: BlobStore, key: string, range?: BlobRange): Promise<Uint8Array<ArrayBuffer>> {
  const found = await store.get(key, range);
  if (found.kind === 'missing') throw new Error(`${key} is gone`);
  return found.bytes();
}
