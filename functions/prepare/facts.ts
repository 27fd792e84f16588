import { BANDS, SKETCH_BYTES, type Sketch } from './sketch.ts';

/** What is decided by of a row, without its content. */
export interface RowFacts {
  /** Of the text's key: equal keys are the same content. */
  readonly key: number;
  /** Where it is in the source, from 1. */
  readonly line: number;
  /** Place in the list of labels; `NO_LABEL` without one. */
  readonly label: number;
  /** Place in `LANGUAGES`. */
  readonly language: number;
  /** Place in `LENGTH_BINS`. */
  readonly length: number;
  /** NaN without one. */
  readonly group: number;
  /** In milliseconds; NaN without one. */
  readonly time: number;
  /** Null where nearness is not looked at. */
  readonly sketch: Sketch | null;
}

export const NO_LABEL = 0xffff;

/** The columns of many rows' facts; bands are read apart, one at a time, for memory. */
export interface FactColumns {
  readonly rows: number;
  readonly keys: Float64Array;
  readonly groups: Float64Array;
  readonly times: Float64Array;
  readonly lines: Uint32Array;
  readonly labels: Uint16Array;
  readonly languages: Uint8Array;
  readonly lengths: Uint8Array;
  /** `SKETCH_BYTES` a row, or empty. */
  readonly bits: Uint8Array;
}

/** Length of the part before the bands, padded so that these begin at a multiple of four. */
export function headBytes(rows: number, hasSketches: boolean): number {
  const bytes = rows * (8 * 3 + 4 + 2 + 1 + 1 + (hasSketches ? SKETCH_BYTES : 0));
  return Math.ceil(bytes / 4) * 4;
}

/** One chunk's facts as columns, one behind the other: little-endian, as all platforms are; then a column of each band. */
export function encodeFacts(facts: readonly RowFacts[], hasSketches: boolean): Uint8Array<ArrayBuffer> {
  const rows = facts.length;
  const head = headBytes(rows, hasSketches);
  const bytes = new Uint8Array(head + (hasSketches ? rows * 4 * BANDS : 0));
  const columns = viewHead(bytes.buffer, 0, rows, hasSketches);
  for (const [row, fact] of facts.entries()) {
    columns.keys[row] = fact.key;
    columns.groups[row] = fact.group;
    columns.times[row] = fact.time;
    columns.lines[row] = fact.line;
    columns.labels[row] = fact.label;
    columns.languages[row] = fact.language;
    columns.lengths[row] = fact.length;
    if (hasSketches && fact.sketch) columns.bits.set(fact.sketch.bits, row * SKETCH_BYTES);
  }
  if (hasSketches) {
    for (let band = 0; band < BANDS; band++) {
      const column = new Uint32Array(bytes.buffer, head + band * rows * 4, rows);
      for (const [row, { sketch }] of facts.entries()) column[row] = sketch?.bands[band] ?? 0;
    }
  }
  return bytes;
}

/** Columns for so many rows, to be filled chunk by chunk. */
export function emptyColumns(rows: number, hasSketches: boolean): FactColumns {
  return viewHead(new ArrayBuffer(headBytes(rows, hasSketches)), 0, rows, hasSketches);
}

/** Puts the head of a chunk's facts in its place, from row `at` on. */
export function fillColumns(columns: FactColumns, at: number, head: Uint8Array<ArrayBuffer>, rows: number): void {
  const hasSketches = columns.bits.length > 0;
  const aligned = head.byteOffset % 8 === 0 ? head : head.slice();
  const chunk = viewHead(aligned.buffer, aligned.byteOffset, rows, hasSketches);
  columns.keys.set(chunk.keys, at);
  columns.groups.set(chunk.groups, at);
  columns.times.set(chunk.times, at);
  columns.lines.set(chunk.lines, at);
  columns.labels.set(chunk.labels, at);
  columns.languages.set(chunk.languages, at);
  columns.lengths.set(chunk.lengths, at);
  columns.bits.set(chunk.bits, at * SKETCH_BYTES);
}

function viewHead(buffer: ArrayBuffer, from: number, rows: number, hasSketches: boolean): FactColumns {
  let at = from;
  const next = (bytesARow: number) => {
    const place = at;
    at += bytesARow * rows;
    return place;
  };
  return {
    rows,
    keys: new Float64Array(buffer, next(8), rows),
    groups: new Float64Array(buffer, next(8), rows),
    times: new Float64Array(buffer, next(8), rows),
    lines: new Uint32Array(buffer, next(4), rows),
    labels: new Uint16Array(buffer, next(2), rows),
    languages: new Uint8Array(buffer, next(1), rows),
    lengths: new Uint8Array(buffer, next(1), rows),
    bits: new Uint8Array(buffer, next(0), hasSketches ? rows * SKETCH_BYTES : 0),
  };
}
