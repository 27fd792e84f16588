import { createCsvReader } from './csv-reader.ts';
import type { Gathered, Gatherer } from './gather-rows.ts';
import { createNdjsonReader } from './ndjson-reader.ts';
import { type RowFormat, type RowReader, RowsError } from './row-reader.ts';
import { createTextDecoder } from './text-chunks.ts';

/** Bytes that a file may have when it is unpacked. */
export const MAX_UNPACKED_BYTES = 8 * 1024 * 1024 * 1024;
/** First bytes of a gzip file: RFC 1952, 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** Reads a whole file, gzipped or not, in memory that does not grow with it. Without `format`, the first sign tells. Throws `RowsError`. */
export async function gatherFile(
  body: ReadableStream<Uint8Array>,
  gatherer: Gatherer,
  format: RowFormat | undefined,
): Promise<Gathered> {
  const decoder = createTextDecoder();
  let reader: RowReader | null = null;
  const read = (text: string) => {
    if (text === '') return;
    reader ??= (format ?? guessFormat(text)) === 'csv' ? createCsvReader(gatherer) : createNdjsonReader(gatherer);
    reader.push(text);
  };
  for await (const chunk of unpacked(body)) read(decoder.decode(chunk));
  read(decoder.end());
  const last = reader as RowReader | null;
  last?.end();
  return gatherer.finish();
}

function guessFormat(text: string): RowFormat {
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv';
}

async function* unpacked(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const first = await firstChunk(reader);
  if (first === null) return;
  const isGzip = GZIP_MAGIC.every((byte, place) => first[place] === byte);
  const source = chunksOf(first, reader);
  if (!isGzip) return yield* source;
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
    if (cause instanceof RowsError) throw cause;
    const detail = 'The file broke off, or is no whole gzip file.';
    throw new RowsError({ kind: 'malformed-body', detail });
  }
}

function streamFrom(chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
