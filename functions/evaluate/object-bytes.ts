import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import type { ReadFrom } from './gather-piece.ts';
import { RowsError } from './row-reader.ts';

/** What is fetched beyond the bytes that will be read: the line that crosses their end mostly ends in it. */
const CROSSING_BYTES = 64 * 1024;
/** What is fetched at a time where it did not. */
const MORE_BYTES = 1024 * 1024;

/**
 * Reads ranges of an object as long as it is the one with this ETag, and throws `RowsError` where it is another, `StorageError`
 * where a range breaks off.
 */
export function objectReader(store: BlobStore, key: string, etag: string): ReadFrom {
  return async function* read(offset, soon) {
    let [at, sizeBytes] = [offset, Number.POSITIVE_INFINITY];
    for (let length = Math.max(0, soon - offset) + CROSSING_BYTES; at < sizeBytes; length = MORE_BYTES) {
      const found = await store.get(key, { offset: at, length });
      if (found.kind === 'missing') throw changed('is gone since the evaluation began');
      if (found.etag !== etag) {
        await found.body.cancel();
        throw changed('was changed since the evaluation began');
      }
      sizeBytes = found.sizeBytes;
      const end = Math.min(sizeBytes, at + length);
      for await (const chunk of chunksOf(found.body, key)) {
        at += chunk.length;
        yield chunk;
      }
      if (at < end) throw new StorageError('get', key, { cause: new Error(`ended at ${at} instead of ${end}`) });
    }
  };
}

/** The body's bytes as they come; where it breaks, a `StorageError`, so that it is not taken for a broken file. */
export async function* chunksOf(body: ReadableStream<Uint8Array>, key: string): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        throw new StorageError('get', key, { cause });
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Of a body that was read to its end, or broke, nothing is left to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

function changed(detail: string): RowsError {
  return new RowsError({ kind: 'conflict', detail });
}
