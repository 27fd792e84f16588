import type { RowRecord, TaskState } from '../../shared/metrics/task.ts';
import { type ColumnMapping, mapColumns } from './columns.ts';
import { isRow } from './ndjson-reader.ts';
import { RowsError, type RowTaker } from './row-reader.ts';
import type { BoundTask } from './tasks.ts';

/** Rejected rows that are named. */
export const MAX_REJECTED_SHOWN = 10;
/** Rows without a header whose keys are looked at to tell the columns. */
const ROWS_FOR_COLUMNS = 100;
const MAX_COLUMNS = 4_096;

export interface RejectedRow {
  /** The line of the file, or the place in `rows`, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface RowCounts {
  readonly read: number;
  readonly rejected: number;
  readonly firstRejected: readonly RejectedRow[];
}

/** What rows came to. */
export interface Gathered {
  readonly state: TaskState;
  readonly rows: RowCounts;
  readonly columns: ColumnMapping;
}

export interface GatherOptions {
  readonly columns: ColumnMapping;
  readonly slices: readonly string[];
  /** More rejected rows than this end the reading. */
  readonly maxRejected: number;
  /** Keys of rows without a header, where the file's first rows were read elsewhere; else the first ones that come tell. */
  readonly keys?: readonly string[];
}

/** Rows go in, as a reader finds them or from a list; out comes the task's state. Throws `RowsError`. */
export interface Gatherer extends RowTaker {
  /** An element of a list of rows. */
  element(value: unknown, place: number): void;
  finish(): Gathered;
  /** As `finish`, of a piece of a file: it may have no row, or none that is right. */
  finishPiece(): Gathered;
  /** So far. */
  readonly counts: RowCounts;
  /** The columns by which rows are understood; null as long as too few rows told. */
  readonly present: readonly string[] | null;
}

export function createGatherer(task: BoundTask, options: GatherOptions): Gatherer {
  const state = task.start();
  const rejected: RejectedRow[] = [];
  let read = 0;
  let rejections = 0;
  let mapping: ColumnMapping | null = null;
  /** From a row by its own keys to one by the task's names; null where these are the same. */
  let rename: ((row: RowRecord) => RowRecord) | null = null;
  let waiting: { readonly row: RowRecord; readonly line: number }[] = [];
  let hasHeader = false;
  let present: readonly string[] | null = null;

  const counts = (): RowCounts => ({ read, rejected: rejections, firstRejected: rejected });

  const reject = (line: number, reason: string) => {
    rejections++;
    keepFirst(rejected, { line, reason });
    if (rejections > options.maxRejected) throw new RowsError(tooMany(counts()));
  };

  const add = (row: RowRecord, line: number) => {
    const fault = state.add(row);
    if (fault !== null) reject(line, fault);
  };

  const understand = (columns: readonly string[]): ColumnMapping => {
    present = columns;
    const mapped = mapColumns(task.columns, columns, options.columns);
    if (!mapped.ok) throw new RowsError(mapped.failure);
    const unknown = options.slices.find((name) => !columns.includes(name) && mapped.value[name] === undefined);
    if (unknown !== undefined && hasHeader) throw new RowsError(noSliceColumn(unknown, columns));
    mapping = mapped.value;
    return mapped.value;
  };

  const understandKeys = (keys: readonly string[]) => {
    const known = understand(keys);
    const pairs = Object.entries(known).filter(([name, column]) => name !== column);
    rename = pairs.length === 0 ? null : renaming(pairs);
  };

  const settle = () => {
    understandKeys([...new Set(waiting.flatMap(({ row }) => Object.keys(row)))].slice(0, MAX_COLUMNS));
    const rows = waiting;
    waiting = [];
    for (const { row, line } of rows) add(rename ? rename(row) : row, line);
  };

  const finished = (): Gathered => {
    if (waiting.length > 0) settle();
    return { state, rows: counts(), columns: mapping ?? {} };
  };

  if (options.keys) understandKeys(options.keys);

  return {
    get counts() {
      return counts();
    },
    get present() {
      return present;
    },
    header(columns) {
      hasHeader = true;
      const known = understand(columns);
      return columns.map((column) => namesOf(column, known, options.slices, task.readsOthers));
    },
    row(row, line) {
      read++;
      if (hasHeader) return add(row, line);
      if (mapping !== null) return add(rename ? rename(row) : row, line);
      waiting.push({ row: structuredClone(row), line });
      if (waiting.length === ROWS_FOR_COLUMNS) settle();
    },
    unreadable(line, reason) {
      read++;
      reject(line, reason);
    },
    element(value, place) {
      if (isRow(value)) this.row(value, place);
      else this.unreadable(place, 'is not an object');
    },
    finish() {
      const gathered = finished();
      const fault = findFault(gathered.rows);
      if (fault !== null) throw new RowsError(fault);
      return gathered;
    },
    finishPiece: finished,
  };
}

/** The names under which a column's cells are handed on: the task's, and its own where it is a slice's or any is read. */
function namesOf(column: string, mapping: ColumnMapping, slices: readonly string[], readsOthers: boolean): string[] {
  const names = Object.keys(mapping).filter((name) => mapping[name] === column);
  const isOwnFree = mapping[column] === undefined;
  const isWanted = slices.includes(column) || (readsOthers && names.length === 0);
  return isWanted && isOwnFree ? [...names, column] : names;
}

function renaming(pairs: readonly (readonly [string, string])[]): (row: RowRecord) => RowRecord {
  return (row) => {
    const renamed: Record<string, unknown> = { ...row };
    for (const [name, column] of pairs) renamed[name] = row[column];
    return renamed;
  };
}

/** Rows that wait until the columns are known may be refused after later ones. */
function keepFirst(rejected: RejectedRow[], row: RejectedRow): void {
  const later = rejected.findIndex(({ line }) => line > row.line);
  rejected.splice(later < 0 ? rejected.length : later, 0, row);
  if (rejected.length > MAX_REJECTED_SHOWN) rejected.pop();
}

/** Why the rows of a whole file are not to be evaluated; null where they are. */
export function findFault(counts: RowCounts, maxRejected = Number.POSITIVE_INFINITY): RowsError['failure'] | null {
  if (counts.read === 0) return { kind: 'invalid-request', detail: 'There are no rows.', errors: [] };
  const isFault = counts.rejected === counts.read || counts.rejected > maxRejected;
  return isFault ? tooMany(counts) : null;
}

function tooMany({ read, rejected, firstRejected }: RowCounts): RowsError['failure'] {
  const errors = firstRejected.map(({ line, reason }) => ({ pointer: `row ${line}`, message: reason }));
  const first = firstRejected[0];
  const begin = rejected === read ? `All ${read} rows that were read` : `${rejected} of ${read} rows`;
  const detail = `${begin} were rejected${first ? `, the first in line ${first.line}: ${first.reason}` : ''}.`;
  return { kind: 'invalid-request', detail, errors };
}

function noSliceColumn(name: string, present: readonly string[]): RowsError['failure'] {
  const listed = present.slice(0, 40).map((column) => `"${column.slice(0, 60)}"`);
  const message = `there is no column "${name}"; there are ${listed.join(', ')}`;
  return { kind: 'invalid-request', detail: `slices: ${message}`, errors: [{ pointer: 'slices', message }] };
}
