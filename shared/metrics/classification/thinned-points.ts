const MOST_POINTS = 200;

/**
 * At most 200 points of a line of which `along` (how far along it a point lies, never less than before) goes from 0 to `length`: only
 * those are kept that lie far enough along from the one kept before, and the last.
 */
export class ThinnedPoints {
  readonly #step: number;
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  #keptAlong = 0;
  #lastX = Number.NaN;
  #lastY = Number.NaN;

  constructor(length: number) {
    this.#step = length / (MOST_POINTS - 3);
  }

  first(x: number, y: number): void {
    this.#x.push(x);
    this.#y.push(y);
  }

  next(x: number, y: number, along: number): void {
    this.#lastX = x;
    this.#lastY = y;
    if (along - this.#keptAlong >= this.#step) this.#keep(along);
  }

  line(): { readonly x: readonly number[]; readonly y: readonly number[] } {
    if (!Number.isNaN(this.#lastX)) this.#keep(this.#keptAlong);
    return { x: this.#x, y: this.#y };
  }

  /** Keeps the point that came last. */
  #keep(along: number): void {
    this.first(this.#lastX, this.#lastY);
    this.#keptAlong = along;
    this.#lastX = Number.NaN;
  }
}
