/** Edge of a tile: two of 64 × 64 float64 and a third to write to fit the first-level cache of present CPUs. */
export const TILE = 64;
const TILE_CELLS = TILE * TILE;

/**
 * A symmetric matrix of which only the tiles on and below the diagonal are kept, so n² / 2 × 8 bytes. Rows and columns past
 * `size` fill the last tiles and are those of the unit matrix.
 */
export interface SymmetricTiles {
  readonly size: number;
  /** Tiles along an edge. */
  readonly edge: number;
  /** Row-major tiles, in the order (0,0), (1,0), (1,1), (2,0) … */
  readonly cells: Float64Array;
}

/** Bytes that a matrix of `size` rows takes. */
export function tileBytes(size: number): number {
  const edge = Math.ceil(size / TILE);
  return ((edge * (edge + 1)) / 2) * TILE_CELLS * 8;
}

/** A matrix of zeros. `memory` is used for it where it is large enough: it spares a second matrix of the same size. */
export function createSymmetricTiles(size: number, memory?: Float64Array): SymmetricTiles {
  const edge = Math.ceil(size / TILE);
  const needed = tileBytes(size) / 8;
  const cells = memory && memory.length >= needed ? memory.subarray(0, needed).fill(0) : new Float64Array(needed);
  const matrix = { size, edge, cells };
  for (let i = size; i < edge * TILE; i++) cells[offsetOf(i, i)] = 1;
  return matrix;
}

/** Sets the cell of row `i` and column `j`, and so that of row `j` and column `i`. */
export function setCell(matrix: SymmetricTiles, i: number, j: number, value: number): void {
  const [row, column] = i >= j ? [i, j] : [j, i];
  matrix.cells[offsetOf(row, column)] = value;
  // A tile on the diagonal is kept whole.
  if (Math.floor(row / TILE) === Math.floor(column / TILE)) matrix.cells[offsetOf(column, row)] = value;
}

/** Copies row `i` to the first `size` places of `row`. */
export function readRow(matrix: SymmetricTiles, i: number, row: Float64Array): void {
  const own = Math.floor(i / TILE);
  const inside = i % TILE;
  for (let column = 0; column < matrix.edge; column++) {
    const tile = tileOf(matrix, Math.max(own, column), Math.min(own, column));
    const [start, step] = column <= own ? [inside * TILE, 1] : [inside, TILE];
    const width = Math.min(TILE, matrix.size - column * TILE);
    for (let j = 0; j < width; j++) row[column * TILE + j] = tile[start + j * step] as number;
  }
}

/**
 * Replaces a positive definite matrix by its **negated** inverse: the sweep operator (Goodnight 1979, "A tutorial on the SWEEP
 * operator", The American Statistician 33:3) on tiles instead of cells, each pivot tile inverted by its Cholesky factor. It is as
 * stable as Cholesky for such matrices, needs no second matrix, and one kernel does all the work: n³ floating-point operations.
 * `pause` is awaited between pivots, so that whoever shares the thread gets a turn. Throws where the matrix isn't positive definite.
 */
export async function negatedInverse(matrix: SymmetricTiles, pause: () => Promise<void>): Promise<void> {
  const { edge } = matrix;
  const columns = Array.from({ length: edge }, () => new Float64Array(TILE_CELLS));
  const scaled = Array.from({ length: edge }, () => new Float64Array(TILE_CELLS));
  for (let pivot = 0; pivot < edge; pivot++) {
    await pause();
    sweep(matrix, pivot, columns, scaled);
  }
}

function sweep(matrix: SymmetricTiles, pivot: number, columns: Float64Array[], scaled: Float64Array[]): void {
  const { edge } = matrix;
  const pivotTile = tileOf(matrix, pivot, pivot);
  const inverse = inverseOfTile(pivotTile);
  for (let i = 0; i < edge; i++) {
    if (i === pivot) continue;
    const column = columns[i] as Float64Array;
    if (i > pivot) column.set(tileOf(matrix, i, pivot));
    else transpose(tileOf(matrix, pivot, i), column);
    const product = (scaled[i] as Float64Array).fill(0);
    subtractProduct(product, column, inverse);
    for (let cell = 0; cell < TILE_CELLS; cell++) product[cell] = -(product[cell] as number);
  }
  for (let i = 0; i < edge; i++) {
    if (i === pivot) continue;
    for (let j = 0; j <= i; j++) {
      if (j !== pivot) subtractProduct(tileOf(matrix, i, j), scaled[i] as Float64Array, columns[j] as Float64Array);
    }
  }
  for (let i = 0; i < edge; i++) {
    if (i > pivot) tileOf(matrix, i, pivot).set(scaled[i] as Float64Array);
    if (i < pivot) transpose(scaled[i] as Float64Array, tileOf(matrix, pivot, i));
  }
  for (let cell = 0; cell < TILE_CELLS; cell++) pivotTile[cell] = -(inverse[cell] as number);
}

/** c −= a × bᵀ. Four rows by two columns at a time: what fits the registers, so that a number loaded is used several times. */
function subtractProduct(c: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < TILE; i += 4) {
    const a0 = i * TILE;
    const a1 = a0 + TILE;
    const a2 = a1 + TILE;
    const a3 = a2 + TILE;
    for (let j = 0; j < TILE; j += 2) {
      const b0 = j * TILE;
      const b1 = b0 + TILE;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < TILE; k++) {
        const x = b[b0 + k] as number;
        const y = b[b1 + k] as number;
        const p = a[a0 + k] as number;
        const q = a[a1 + k] as number;
        const r = a[a2 + k] as number;
        const s = a[a3 + k] as number;
        s00 += p * x;
        s01 += p * y;
        s10 += q * x;
        s11 += q * y;
        s20 += r * x;
        s21 += r * y;
        s30 += s * x;
        s31 += s * y;
      }
      c[a0 + j] = (c[a0 + j] as number) - s00;
      c[a0 + j + 1] = (c[a0 + j + 1] as number) - s01;
      c[a1 + j] = (c[a1 + j] as number) - s10;
      c[a1 + j + 1] = (c[a1 + j + 1] as number) - s11;
      c[a2 + j] = (c[a2 + j] as number) - s20;
      c[a2 + j + 1] = (c[a2 + j + 1] as number) - s21;
      c[a3 + j] = (c[a3 + j] as number) - s30;
      c[a3 + j + 1] = (c[a3 + j + 1] as number) - s31;
    }
  }
}

/** The inverse of a positive definite tile: A = L Lᵀ, then L⁻ᵀ L⁻¹. */
function inverseOfTile(tile: Float64Array): Float64Array {
  const factor = choleskyOfTile(tile);
  const inverse = inverseOfLower(factor);
  const result = new Float64Array(TILE_CELLS);
  for (let i = 0; i < TILE; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < TILE; k++) sum += (inverse[k * TILE + i] as number) * (inverse[k * TILE + j] as number);
      result[i * TILE + j] = sum;
      result[j * TILE + i] = sum;
    }
  }
  return result;
}

/** L of A = L Lᵀ, row by row (Golub and Van Loan, Matrix Computations, 4.2). */
function choleskyOfTile(tile: Float64Array): Float64Array {
  const factor = new Float64Array(TILE_CELLS);
  for (let i = 0; i < TILE; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = tile[i * TILE + j] as number;
      for (let k = 0; k < j; k++) rest -= (factor[i * TILE + k] as number) * (factor[j * TILE + k] as number);
      if (i > j) factor[i * TILE + j] = rest / (factor[j * TILE + j] as number);
      else if (rest > 0) factor[i * TILE + i] = Math.sqrt(rest);
      else throw new Error('the matrix is not positive definite');
    }
  }
  return factor;
}

function inverseOfLower(lower: Float64Array): Float64Array {
  const inverse = new Float64Array(TILE_CELLS);
  for (let j = 0; j < TILE; j++) {
    for (let i = j; i < TILE; i++) {
      let rest = i === j ? 1 : 0;
      for (let k = j; k < i; k++) rest -= (lower[i * TILE + k] as number) * (inverse[k * TILE + j] as number);
      inverse[i * TILE + j] = rest / (lower[i * TILE + i] as number);
    }
  }
  return inverse;
}

function transpose(from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < TILE; i++) {
    for (let j = 0; j < TILE; j++) to[j * TILE + i] = from[i * TILE + j] as number;
  }
}

function tileOf({ cells }: SymmetricTiles, row: number, column: number): Float64Array {
  const start = ((row * (row + 1)) / 2 + column) * TILE_CELLS;
  return cells.subarray(start, start + TILE_CELLS);
}

/** Place of a cell in a tile on or below the diagonal. */
function offsetOf(i: number, j: number): number {
  const row = Math.floor(i / TILE);
  const column = Math.floor(j / TILE);
  return ((row * (row + 1)) / 2 + column) * TILE_CELLS + (i % TILE) * TILE + (j % TILE);
}
