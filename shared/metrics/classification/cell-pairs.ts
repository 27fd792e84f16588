import { GrowingFloats } from '../../core/growing-floats.ts';

/**
 * Squares of the weights of the rows that lie in both of two cells, for every pair of cells: what the variance of any figure of the
 * cells needs where a row lies in several of them. Memory grows with the square of the cells that occur: 600 KB at 384 of them. With
 * more than `mostCells` all is let go.
 */
export class CellPairs {
  readonly #mostCells: number;
  #squares: GrowingFloats | undefined;

  constructor(mostCells: number, saved: Float64Array | null = new Float64Array(0)) {
    this.#mostCells = mostCells;
    this.#squares = saved === null ? undefined : new GrowingFloats(saved);
  }

  get isKept(): boolean {
    return this.#squares !== undefined;
  }

  /** A row that lies in these cells, each named once. */
  add(cells: readonly number[], weight: number): void {
    const square = weight * weight;
    for (let i = 0; i < cells.length; i++)
      for (let j = 0; j <= i; j++) this.#addTo(cells[i] as number, cells[j] as number, square);
  }

  of(a: number, b: number): number {
    return this.#squares?.view()[placeOf(a, b)] ?? 0;
  }

  /** Adds another's pairs, its cell i being this one's `toOwn(i)`. */
  merge(other: CellPairs, toOwn: (cell: number) => number): void {
    if (other.#squares === undefined) this.#squares = undefined;
    const squares = other.#squares?.view() ?? new Float64Array(0);
    let place = 0;
    for (let a = 0; place < squares.length; a++) {
      for (let b = 0; b <= a && place < squares.length; b++)
        this.#addTo(toOwn(a), toOwn(b), squares[place++] as number);
    }
  }

  /** Null where there were too many cells. */
  save(): Float64Array | null {
    return this.#squares?.view() ?? null;
  }

  #addTo(a: number, b: number, square: number): void {
    if (square === 0) return;
    if (Math.max(a, b) >= this.#mostCells) this.#squares = undefined;
    const squares = this.#squares;
    if (squares === undefined) return;
    const place = placeOf(a, b);
    squares.fillTo(place + 1, 0);
    const view = squares.view();
    view[place] = (view[place] as number) + square;
  }
}

/** In a triangle, row after row. */
function placeOf(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return (high * (high + 1)) / 2 + low;
}
