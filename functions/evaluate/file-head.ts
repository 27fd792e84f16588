import type { CsvHeader } from './csv-reader.ts';
import { createFileReader } from './file-reader.ts';
import { createGatherer, type GatherOptions } from './gather-rows.ts';
import { feedLines } from './line-feed.ts';
import type { BoundTask } from './tasks.ts';
import { createTextDecoder } from './text-chunks.ts';

/** What the beginning of a file says of all its rows. */
export type FileHead =
  /** CSV: rows may begin behind `endsAt`, in bytes, where the header ends. */
  | { readonly format: 'csv'; readonly header: CsvHeader; readonly endsAt: number }
  | { readonly format: 'ndjson'; readonly keys: readonly string[] };

/**
 * Reads as many lines from the beginning as tell the header, or the keys of rows; null where the file has none. Throws `RowsError`
 * where the rows can't be understood, as reading the whole file would.
 */
export async function readHead(
  chunks: AsyncIterable<Uint8Array>,
  task: BoundTask,
  options: GatherOptions,
): Promise<FileHead | null> {
  // Its rows are thrown away: only what they are understood by is wanted.
  const gatherer = createGatherer(task, options);
  const reader = createFileReader(gatherer);
  const decoder = createTextDecoder();
  const end = await feedLines(chunks, { offset: 0, linesFrom: 0 }, (bytes) => {
    reader.push(decoder.decode(bytes));
    return gatherer.present !== null && reader.isBetweenRows;
  });
  if (end.isFileEnd) {
    reader.push(decoder.end());
    reader.end();
    gatherer.finishPiece();
  }
  const { header } = reader;
  if (header) return { format: 'csv', header, endsAt: end.at };
  return gatherer.present === null ? null : { format: 'ndjson', keys: gatherer.present };
}
