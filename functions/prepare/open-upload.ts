import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { BuildError } from './build-error.ts';

/** A part of the source and the ETag that it had when the build began. */
export interface SourcePart {
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** First bytes of a gzip file: RFC 1952, 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b];

export function isGzip(first: Uint8Array): boolean {
  return GZIP_MAGIC.every((byte, place) => first[place] === byte);
}

/**
 * The file's bytes from `offset` on, unpacked where it is gzip, in pieces of exactly `pieceBytes` but for the last: so that wherever
 * reading is taken up again the pieces are the same. A gzip file is unpacked anew from its beginning. Throws `BuildError`.
 */
export async function* readPieces(
  store: BlobStore,
  parts: readonly SourcePart[],
  options: { readonly isGzipped: boolean; readonly offset: number; readonly pieceBytes: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { isGzipped, offset, pieceBytes } = options;
  let left = isGzipped ? offset : 0;
  const chunks = isGzipped ? unpack(readParts(store, parts, 0)) : readParts(store, parts, offset);
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    let at = Math.min(left, chunk.length);
    left -= at;
    while (at < chunk.length) {
      const taken = chunk.subarray(at, at + pieceBytes - filled);
      piece.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}

async function* readParts(
  store: BlobStore,
  parts: readonly SourcePart[],
  offset: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let begin = 0;
  for (const { key, etag, sizeBytes } of parts) {
    const from = Math.max(0, offset - begin);
    begin += sizeBytes;
    if (from >= sizeBytes) continue;
    const found = await store.get(key, { offset: from });
    if (found.kind === 'missing') throw new BuildError('The upload is gone since the build began. Send it again.');
    if (found.etag !== etag) {
      await found.body.cancel();
      throw new BuildError('The upload was changed since the build began. Ask for the dataset again.');
    }
    yield* chunksOf(found.body);
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      yield next.value as Uint8Array<ArrayBuffer>;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Storage that breaks off is thrown as it is; behind a decompressor it could not be told from damage. */
async function* unpack(source: AsyncGenerator<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let broken: unknown;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        broken = error;
        controller.error(error);
      }
    },
    cancel: async () => void (await source.return(undefined)),
  });
  try {
    yield* chunksOf(packed.pipeThrough(new DecompressionStream('gzip')));
  } catch {
    throw broken ?? new BuildError('The file is no whole gzip file.');
  }
}
