import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { parseJsonBytes, parseWith, readBody } from '../../shared/http/body.ts';
import {
  type ImportSettings,
  ImportSettingsSchema,
  MAX_IMPORT_BYTES,
  MAX_PART_BYTES,
  MAX_UNPACKED_BYTES,
} from './contract-imports.ts';

/** A file as it streams in, unpacked. Reading it throws `ImportBodyError` where it breaks or grows over the limit. */
export interface FileBody {
  readonly chunks: AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** What the media type says; the content may say otherwise. */
  readonly format?: 'csv' | 'ndjson';
}

/** The body of `POST /v1/imports`: a file, or settings. */
export type ImportBody = { readonly file: FileBody } | { readonly settings: ImportSettings };

/** The file can't be read further, for a reason that may be told. */
export class ImportBodyError extends Error {
  override readonly name = 'ImportBodyError';
}

const MAX_SETTINGS_BYTES = 64 * 1024;
/** First bytes of a gzip file: RFC 1952, 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** JSON is settings, unless it is called NDJSON. */
export async function readImportBody(request: Request, headers: Headers): Promise<Outcome<ImportBody>> {
  const mediaType = headers.get('content-type') ?? '';
  if (/^application\/json\b/i.test(mediaType)) {
    const bytes = await readBody(request, headers, MAX_SETTINGS_BYTES);
    if (!bytes.ok) return bytes;
    const json = parseJsonBytes(bytes.value);
    const settings = json.ok ? parseWith(ImportSettingsSchema, json.value, 'body') : json;
    return settings.ok ? ok({ settings: settings.value }) : settings;
  }
  const file = openFile(request, headers, MAX_IMPORT_BYTES);
  return file.ok ? ok({ file: file.value }) : file;
}

export async function readPartBody(request: Request, headers: Headers): Promise<Outcome<FileBody>> {
  return openFile(request, headers, MAX_PART_BYTES);
}

function openFile(request: Request, headers: Headers, limitBytes: number): Outcome<FileBody> {
  const declared = Number(headers.get('content-length') ?? 0);
  if (declared > limitBytes) {
    const detail = `The body is over the limit of ${limitBytes} bytes. Send the file in parts: begin with JSON settings.`;
    return fail({ kind: 'too-large', detail, limitBytes });
  }
  if (!request.body) return fail({ kind: 'malformed-body', detail: 'The body is empty; a file is expected.' });
  const mediaType = headers.get('content-type') ?? '';
  const format = /ndjson|jsonl|json-lines|x-json/i.test(mediaType)
    ? 'ndjson'
    : /csv/i.test(mediaType)
      ? 'csv'
      : undefined;
  return ok({ chunks: unpacked(request.body, limitBytes), ...(format ? { format } : {}) });
}

async function* unpacked(
  body: ReadableStream<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const first = await nextChunk(reader);
  if (first === null) return;
  const isGzip = GZIP_MAGIC.every((byte, place) => first[place] === byte);
  const source = counted(first, reader, limitBytes);
  if (!isGzip) return yield* source;
  let unpackedBytes = 0;
  const packed = streamFrom(source).pipeThrough(new DecompressionStream('gzip')).getReader();
  for (let chunk = await nextChunk(packed); chunk !== null; chunk = await nextChunk(packed)) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > MAX_UNPACKED_BYTES)
      throw new ImportBodyError(`the file has more than ${MAX_UNPACKED_BYTES} bytes unpacked; send it in parts`);
    yield chunk;
  }
}

async function* counted(
  first: Uint8Array<ArrayBuffer>,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let sizeBytes = 0;
  for (let chunk: Uint8Array<ArrayBuffer> | null = first; chunk !== null; chunk = await nextChunk(reader)) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new ImportBodyError(`the body is over the limit of ${limitBytes} bytes`);
    yield chunk;
  }
}

async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const { done, value } = await reader.read();
    return done ? null : (value as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    if (cause instanceof ImportBodyError) throw cause;
    throw new ImportBodyError('the body broke off, or is no whole gzip file', { cause });
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
