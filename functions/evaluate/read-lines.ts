import { streamOf } from '../../shared/core/read-stream.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { createNdjsonReader } from './ndjson-reader.ts';
import { createTextDecoder } from './text-chunks.ts';

/** A line of a file: its row, or why there is none. Lines are counted from 1. */
export type Line =
  | { readonly line: number; readonly row: RowRecord }
  | { readonly line: number; readonly unreadable: string };

/** Which of a file's lines are meant: `count` of them, behind the first `from`. */
export interface LineRange {
  readonly from: number;
  readonly count: number;
}

/**
 * Some of the lines of gzipped NDJSON, in lists of at most `size`, in memory that holds one list at a time. Throws where the bytes are no whole
 * gzip file.
 */
export async function* readLines(
  bytes: Uint8Array<ArrayBuffer>,
  { from, count }: LineRange,
  size: number,
): AsyncGenerator<Line[]> {
  let waiting: Line[] = [];
  let seen = 0;
  const take = (line: Line) => {
    if (seen >= from && seen < from + count) waiting.push(line);
    seen++;
  };
  const reader = createNdjsonReader({
    header: () => [],
    // The reader uses the same object again.
    row: (row, line) => take({ line, row: { ...row } }),
    unreadable: (line, reason) => take({ line, unreadable: reason }),
  });
  for await (const text of unpackedTexts(bytes)) {
    reader.push(text);
    for (; waiting.length >= size; waiting = waiting.slice(size)) yield waiting.slice(0, size);
    if (seen >= from + count) break;
  }
  reader.end();
  for (; waiting.length > 0; waiting = waiting.slice(size)) yield waiting.slice(0, size);
}

async function* unpackedTexts(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<string> {
  const decoder = createTextDecoder();
  const unpacking = streamOf(bytes).pipeThrough(
    new DecompressionStream('gzip') as TransformStream<Uint8Array, Uint8Array>,
  );
  const reader = unpacking.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield decoder.decode(chunk.value);
    yield decoder.end();
  } finally {
    await reader.cancel();
  }
}
