import { StorageError } from '../../shared/ports/blob-store.ts';
import { createFileReader } from './file-reader.ts';
import type { Gathered, Gatherer } from './gather-rows.ts';
import { type RowFormat, RowsError } from './row-reader.ts';
import { createTextDecoder } from './text-chunks.ts';

/** Bytes that a file may have when it is unpacked. */
export const MAX_UNPACKED_BYTES = 8 * 1024 * 1024 * 1024;
/** First bytes of a gzip file: RFC 1952, 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b];
export const GZIP_MAGIC_BYTES = GZIP_MAGIC.length;

/** Reads a whole file, gzipped or not, in memory that does not grow with it. Without `format`, the first sign tells. Throws `RowsError`. */
export async function gatherFile(
  body: ReadableStream<Uint8Array>,
  gatherer: Gatherer,
  format: RowFormat | undefined,
): Promise<Gathered> {
  const decoder = createTextDecoder();
  const reader = createFileReader(gatherer, format);
  for await (const chunk of unpacked(body)) reader.push(decoder.decode(chunk));
  reader.push(decoder.end());
  reader.end();
  return gatherer.finish();
}

/** Whether a file that begins so is gzipped. */
export function isGzip(bytes: Uint8Array): boolean {
  return GZIP_MAGIC.every((byte, place) => bytes[place] === byte);
}

async function* unpacked(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const first = await firstChunk(reader);
  if (first === null) return;
  const source = chunksOf(first, reader);
  if (!isGzip(first)) return yield* source;
  let unpackedBytes = 0;
  const packed = streamFrom(source).pipeThrough(new DecompressionStream('gzip')).getReader();
  for (let chunk = await nextChunk(packed); chunk !== null; chunk = await nextChunk(packed)) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > MAX_UNPACKED_BYTES) {
      const detail = `The file has more than ${MAX_UNPACKED_BYTES} bytes unpacked.`;
      throw new RowsError({ kind: 'too-large', detail, limitBytes: MAX_UNPACKED_BYTES });
    }
    yield chunk;
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function* chunksOf(first: Uint8Array, reader: Reader): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let chunk: Uint8Array | null = first; chunk !== null; chunk = await nextChunk(reader))
    yield chunk as Uint8Array<ArrayBuffer>;
}

/** At least as many bytes as tell gzip, where there are so many. */
async function firstChunk(reader: Reader): Promise<Uint8Array | null> {
  let first = await nextChunk(reader);
  while (first !== null && first.length < GZIP_MAGIC.length) {
    const more = await nextChunk(reader);
    if (more === null) return first;
    const bytes = new Uint8Array(first.length + more.length);
    bytes.set(first);
    bytes.set(more, first.length);
    first = bytes;
  }
  return first;
}

async function nextChunk(reader: Reader): Promise<Uint8Array | null> {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch (cause) {
    if (cause instanceof RowsError || cause instanceof StorageError) throw cause;
    const detail = 'The file broke off, or is no whole gzip file.';
    throw new RowsError({ kind: 'malformed-body', detail });
  }
}

/** Chunks as a stream; cancelled, it ends them. */
export function streamFrom<T extends Uint8Array>(chunks: AsyncGenerator<T>): ReadableStream<T> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
