import { streamOf } from '../../core/read-stream.ts';
import { type BlobFound, type BlobInfo, type BlobMissing, StorageError } from '../../ports/blob-store.ts';

/** Calls a platform's storage; whatever it throws becomes the port's `StorageError` with that as its cause. */
export async function storageCall<T>(operation: string, key: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new StorageError(operation, key, { cause });
  }
}

/** The answer to a range that holds no bytes, which neither R2 nor HTTP can express: metadata and an empty body. */
export function withoutContent(answer: BlobInfo | BlobMissing): BlobFound | BlobMissing {
  if (answer.kind === 'missing') return answer;
  return { ...answer, body: streamOf(new Uint8Array(0)), bytes: async () => new Uint8Array(0) };
}
