import { createCsvReader } from './csv-reader.ts';
import { type FileHead, readHead } from './file-head.ts';
import { createFileReader } from './file-reader.ts';
import { createGatherer, type Gathered, type Gatherer, type GatherOptions } from './gather-rows.ts';
import { feedLines, skipToLine } from './line-feed.ts';
import { createNdjsonReader } from './ndjson-reader.ts';
import type { RowReader } from './row-reader.ts';
import type { BoundTask } from './tasks.ts';
import { createTextDecoder } from './text-chunks.ts';

/**
 * A piece of a file that is not gzipped: the rows that begin in it. It begins after the first line feed at or behind `offset` (the file's
 * beginning is one), and ends with the line that crosses `end`, or with that line's row: a cell in quotes may hold line feeds.
 *
 * Where a cell in quotes lies across `offset`, the first line feed is no row's end, and nothing within the piece can tell. So each
 * piece says where it began and ended: it is right exactly if it began where the rows before it ended, which the merge checks
 * from the file's beginning on (`part-chain.ts`). A piece that began elsewhere is gathered again from where it should have.
 * (Counting quotes would not do: `5" pipe` holds one that opens nothing.)
 */
export interface FilePiece {
  readonly offset: number;
  readonly end: number;
  /** Where the rows before it ended, if that is known: it begins there then. */
  readonly from?: number;
}

/** The bytes of the file from `offset` on: those before `soon` will be read, others perhaps. */
export type ReadFrom = (offset: number, soon: number) => AsyncGenerator<Uint8Array>;

export interface GatheredPiece extends Gathered {
  readonly beganAt: number;
  readonly endedAt: number;
  /** Lines of the file that it took; its rejected rows are named by the line in it, from 1. */
  readonly lines: number;
}

/** Gathers one piece of a file. Throws `RowsError`; `watch` is given the gatherer before it begins, which counts. */
export async function gatherPiece(
  read: ReadFrom,
  piece: FilePiece,
  task: BoundTask,
  options: GatherOptions,
  watch: (gatherer: Gatherer, beganAt: number) => void,
): Promise<GatheredPiece> {
  const head = await readHead(read(0, 0), task, options);
  const start = piece.from ?? piece.offset;
  const bytes = read(start, piece.end);
  try {
    const begin =
      start === 0 || piece.from !== undefined
        ? { at: start, rest: new Uint8Array() }
        : await skipToLine(bytes, start, piece.end);
    // No line begins in it: the rows before it end behind it, and nobody asks for it.
    if (begin === null) return nothing(task, options, piece.end);
    const keys = head?.format === 'ndjson' ? { keys: head.keys } : {};
    const gatherer = createGatherer(task, { ...options, ...keys });
    watch(gatherer, begin.at);
    const reader = readerOf(gatherer, head, begin.at);
    const decoder = createTextDecoder(begin.at === 0);
    const chunks = following(begin.rest, bytes);
    const end = await feedLines(chunks, { offset: begin.at, linesFrom: piece.end }, (chunk) => {
      reader.push(decoder.decode(chunk));
      return reader.isBetweenRows;
    });
    if (end.isFileEnd) {
      reader.push(decoder.end());
      reader.end();
    }
    return { ...gatherer.finishPiece(), beganAt: begin.at, endedAt: end.at, lines: reader.line - 1 };
  } finally {
    await bytes.return(undefined);
  }
}

function readerOf(gatherer: Gatherer, head: FileHead | null, at: number): RowReader {
  if (head?.format === 'ndjson') return createNdjsonReader(gatherer);
  // A piece that begins before the header's end reads it itself.
  if (head === null || at < head.endsAt) return createFileReader(gatherer, head?.format);
  return createCsvReader(gatherer, head.header);
}

async function* following(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}

function nothing(task: BoundTask, options: GatherOptions, end: number): GatheredPiece {
  return { ...createGatherer(task, options).finishPiece(), beganAt: end, endedAt: end, lines: 0 };
}
