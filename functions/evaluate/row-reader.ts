import type { Failure } from '../../shared/core/failure.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';

/** How rows are written in a file. */
export type RowFormat = 'csv' | 'ndjson';

/** What a reader hands rows to. */
export interface RowTaker {
  /** Of a file with a header: its columns, before the first row. Gives the names that each column's cells go under; none: not read. */
  header(columns: readonly string[]): readonly (readonly string[])[];
  /** One row; the reader may use the same object, and those within it, for the next one. */
  row(row: RowRecord, line: number): void;
  /** A row that can't be read. */
  unreadable(line: number, reason: string): void;
}

/** Takes text cut anywhere and hands on the rows that are whole. */
export interface RowReader {
  /** The line that is read next, from 1. */
  readonly line: number;
  /** Whether what was pushed is rows that are whole. */
  readonly isBetweenRows: boolean;
  push(text: string): void;
  /** The last row needs no line break. */
  end(): void;
}

/** Rows can't be read further, for a reason that may be told. */
export class RowsError extends Error {
  override readonly name = 'RowsError';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/** Characters that one row may have, its line breaks included: a quote that is never closed must not swallow the file. */
export const MAX_ROW_CHARACTERS = 256 * 1024;
