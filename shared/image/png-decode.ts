import { fail, ok, type Result } from '../core/result.ts';
import { createExpander, type RowTarget } from './png-expand.ts';
import { bitsPerPixel, type PngLayout, readPngLayout } from './png-layout.ts';
import { unfilterRow } from './png-unfilter.ts';
import type { RgbImage } from './rgb-image.ts';

/**
 * Inflates a zlib stream in pieces (RFC 1950) and hands its content on in pieces of 16 MiB at most, as long as `take` answers
 * true. Throws when the stream is damaged.
 */
export type Inflate = (compressed: readonly Uint8Array[], take: (piece: Uint8Array) => boolean) => void;

/** Every n-th pixel of every m-th row: a whole picture, or one of the seven of an interlaced one. */
interface Pass {
  readonly column: number;
  readonly row: number;
  readonly columnStep: number;
  readonly rowStep: number;
}

const DAMAGED = 'its compressed data are damaged';

class BadFilterError extends Error {
  override readonly name = 'BadFilterError';
}

const WHOLE: readonly Pass[] = [{ column: 0, row: 0, columnStep: 1, rowStep: 1 }];

/** Adam7 (W3C PNG, 8.1). */
const ADAM7: readonly Pass[] = [
  { column: 0, row: 0, columnStep: 8, rowStep: 8 },
  { column: 4, row: 0, columnStep: 8, rowStep: 8 },
  { column: 0, row: 4, columnStep: 4, rowStep: 8 },
  { column: 2, row: 0, columnStep: 4, rowStep: 4 },
  { column: 0, row: 2, columnStep: 2, rowStep: 4 },
  { column: 1, row: 0, columnStep: 2, rowStep: 2 },
  { column: 0, row: 1, columnStep: 1, rowStep: 2 },
];

/** One stored row: how many bytes it has after its filter type, and where its pixels go. */
interface StoredRow {
  readonly bytes: number;
  readonly isFirst: boolean;
  readonly target: RowTarget;
}

/**
 * Decodes a PNG into RGB over white, row by row: the peak is the picture itself, where libraries hold it two or three times
 * over. Stops as soon as the picture is full, whatever the stream would still inflate to.
 */
export function decodePng(bytes: Uint8Array, inflate: Inflate): Result<RgbImage, { readonly reason: string }> {
  const layout = readPngLayout(bytes);
  if (!layout.ok) return layout;
  const { width, height, compressed } = layout.value;
  const pixels = new Uint8Array(3 * width * height);
  const filler = createRowFiller(layout.value, storedRows(layout.value, pixels));
  try {
    inflate(compressed, filler.take);
  } catch (error) {
    if (!filler.isFull()) return fail({ reason: error instanceof BadFilterError ? error.message : DAMAGED });
  }
  return filler.isFull() ? ok({ width, height, pixels }) : fail({ reason: 'its compressed data end too soon' });
}

function* storedRows(layout: PngLayout, pixels: Uint8Array): Generator<StoredRow> {
  const { width, height } = layout;
  for (const pass of layout.isInterlaced ? ADAM7 : WHOLE) {
    const count = Math.ceil((width - pass.column) / pass.columnStep);
    if (count <= 0) continue;
    const bytes = Math.ceil((count * bitsPerPixel(layout)) / 8);
    for (let y = pass.row; y < height; y += pass.rowStep) {
      const target = { pixels, start: 3 * (y * width + pass.column), step: 3 * pass.columnStep, count };
      yield { bytes, isFirst: y === pass.row, target };
    }
  }
}

interface RowFiller {
  /** Takes the next piece of the inflated content; false when no more is needed. */
  take(piece: Uint8Array): boolean;
  isFull(): boolean;
}

/** Cuts the inflated content into rows, undoes their filters and puts their pixels into place. */
function createRowFiller(layout: PngLayout, rows: Iterator<StoredRow>): RowFiller {
  const expand = createExpander(layout);
  const step = Math.max(1, bitsPerPixel(layout) / 8);
  let next = rows.next();
  let above = new Uint8Array();
  let row = new Uint8Array();
  // Bytes of the present row that are there; -1 before its filter type.
  let filled = -1;
  let filter = 0;

  function begin(stored: StoredRow, type: number): void {
    filter = type;
    filled = 0;
    if (row.length !== stored.bytes) {
      row = new Uint8Array(stored.bytes);
      above = new Uint8Array(stored.bytes);
    }
    if (stored.isFirst) above.fill(0);
  }

  function finish(stored: StoredRow): void {
    if (!unfilterRow(filter, row, above, step)) throw new BadFilterError('a row has an unknown filter');
    expand(row, stored.target);
    [row, above] = [above, row];
    filled = -1;
    next = rows.next();
  }

  return {
    take(piece) {
      for (let at = 0; at < piece.length && !next.done; ) {
        if (filled < 0) begin(next.value, piece[at++] as number);
        const taken = Math.min(piece.length - at, row.length - filled);
        row.set(piece.subarray(at, at + taken), filled);
        at += taken;
        filled += taken;
        if (filled === row.length) finish(next.value);
      }
      return !next.done;
    },
    isFull: () => next.done === true,
  };
}
