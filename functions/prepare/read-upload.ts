import type { Result } from '../../shared/core/result.ts';
import {
  beginReading,
  type ReaderState,
  type RowFormat,
  readRows,
  type TextRow,
  type UnreadableRow,
} from '../../shared/dataset/read-rows.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { BuildError } from './build-error.ts';
import { MAX_UNPACKED_BYTES } from './contract-request.ts';
import { beginDecoding, type DecodingState, decodeText, type Encoding } from './decode-text.ts';
import type { StepSizes } from './deps.ts';
import { guessDelimiter } from './guess-delimiter.ts';
import { readPieces, type SourcePart } from './open-upload.ts';

/** An upload and what is known of how to read it. */
export interface UploadSource {
  readonly parts: readonly SourcePart[];
  readonly isGzipped: boolean;
  readonly format?: RowFormat | undefined;
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: string | undefined;
  /** Of CSV without a header: the names that its columns get. */
  readonly header?: readonly string[] | undefined;
}

/** How far a file was read. */
export interface UploadPosition {
  /** Unpacked bytes that were taken. */
  readonly offset: number;
  readonly decoding: DecodingState | null;
  readonly reader: ReaderState | null;
}

export interface UploadRows {
  readonly rows: readonly Result<TextRow, UnreadableRow>[];
  readonly position: UploadPosition;
  readonly isEnd: boolean;
}

export const UPLOAD_BEGIN: UploadPosition = { offset: 0, decoding: null, reader: null };

const BYTE_ORDER_MARK = /^\ufeff/;

/** The rows that follow a position, at least one piece of them, until so many rows or bytes were read. The same position gives the same rows. */
export async function readUploadRows(
  store: BlobStore,
  source: UploadSource,
  from: UploadPosition,
  limits: StepSizes,
): Promise<UploadRows> {
  const rows: Result<TextRow, UnreadableRow>[] = [];
  let { offset, decoding, reader } = from;
  const take = (bytes: Uint8Array, isEnd: boolean) => {
    const decoded = decodeText(decoding ?? beginDecoding(bytes, source.encoding), bytes, isEnd);
    decoding = decoded.state;
    const text = offset === 0 ? decoded.text.replace(BYTE_ORDER_MARK, '') : decoded.text;
    reader ??= beginReader(source, text);
    const read = readRows(reader, text, isEnd);
    reader = read.state;
    for (const row of read.rows) rows.push(row);
    offset += bytes.length;
    if (offset > MAX_UNPACKED_BYTES)
      throw new BuildError(`The file has more than ${MAX_UNPACKED_BYTES} bytes unpacked. Divide it.`);
  };
  const { parts, isGzipped } = source;
  for await (const piece of readPieces(store, parts, { isGzipped, offset, pieceBytes: limits.pieceBytes })) {
    take(piece, false);
    if (rows.length >= limits.rows || offset - from.offset >= limits.bytes)
      return { rows, position: { offset, decoding, reader }, isEnd: false };
  }
  take(new Uint8Array(), true);
  return { rows, position: { offset, decoding, reader }, isEnd: true };
}

function beginReader(source: UploadSource, text: string): ReaderState {
  const format = source.format ?? guessFormat(text);
  const delimiter = format === 'csv' ? (source.delimiter ?? guessDelimiter(text)) : null;
  return { ...beginReading(format), delimiter, columns: source.header ?? null, hasPlainTabs: true };
}

function guessFormat(text: string): RowFormat {
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv';
}
