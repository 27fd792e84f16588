import { GrowingFloats } from '../../core/growing-floats.ts';
import type { NumberArray, StateSize } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import { binCount, binOf } from './score-bins.ts';

/** Bytes of kept scores, and cells of bins once they do not fit. */
const EXACT_BYTES = { whole: 2 ** 23, slice: 2 ** 16 };
const MOST_CELLS = { whole: 2 ** 19, slice: 2 ** 12 };
const MOST_BITS = 12;

/** Rows of one score of a class (or of one bin): their weights by true class. The array is used again. */
export type VisitClassGroup = (score: number, weights: Float64Array) => void;

/**
 * The scores that rows give each class, by the rows' true classes. Kept as they are while they fit; beyond that each class's scores
 * are counted in bins by true class, the finer the fewer classes there are; with more classes than bins allow, not at all.
 */
export class ClassScores {
  readonly #size: StateSize;
  #columns: GrowingFloats[] = [];
  #truths = new GrowingFloats();
  #weights: GrowingFloats | undefined;
  #rows = 0;
  #bins: { readonly bits: number; readonly classes: number; readonly cells: WeightCells } | undefined;
  #isGivenUp = false;
  /** Rows of a class by its score, until the next row comes. */
  readonly #orders = new Map<number, Uint32Array>();

  constructor(size: StateSize) {
    this.#size = size;
  }

  static restore(size: StateSize, saved: Readonly<Record<string, NumberArray>>): ClassScores {
    const scores = new ClassScores(size);
    const [rows, bits, classes, isGivenUp] = saved['shape'] as unknown as [number, number, number, number];
    scores.#rows = rows;
    scores.#isGivenUp = isGivenUp === 1;
    if (bits >= 0) {
      const cells = new WeightCells(binCount(bits) * classes * classes);
      cells.addUsed(saved);
      scores.#bins = { bits, classes, cells };
      return scores;
    }
    for (let c = 0; saved[`class${c}`] !== undefined; c++) {
      scores.#columns.push(new GrowingFloats(saved[`class${c}`] as Float64Array));
    }
    scores.#truths = new GrowingFloats(saved['truths'] as Float64Array);
    if (saved['weights'] !== undefined) scores.#weights = new GrowingFloats(saved['weights'] as Float64Array);
    return scores;
  }

  /** Rows with scores. */
  get rows(): number {
    return this.#rows;
  }

  get isExact(): boolean {
    return this.#bins === undefined && !this.#isGivenUp;
  }

  /** Whether there are too many classes for the memory that a state may take. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** `scores[c]` is the score of class c, 0 from `scores.length` on; `weight` above 0. */
  add(truth: number, scores: Float64Array, weight: number): void {
    this.#rows += 1;
    this.#orders.clear();
    if (this.#isGivenUp) return;
    if (this.#bins !== undefined) {
      this.#count(truth, scores, weight);
      return;
    }
    while (this.#columns.length < scores.length) this.#addColumn();
    for (let c = 0; c < this.#columns.length; c++) (this.#columns[c] as GrowingFloats).push(scores[c] ?? 0);
    this.#truths.push(truth);
    if (weight !== 1 && this.#weights === undefined) {
      this.#weights = new GrowingFloats();
      this.#weights.fillTo(this.#truths.length - 1, 1);
    }
    this.#weights?.push(weight);
    if (this.#bytes() > EXACT_BYTES[this.#size]) this.#moveToBins();
  }

  /** Takes over another's rows, its class i being this one's `toOwn[i]`. */
  merge(other: ClassScores, toOwn: readonly number[]): void {
    if (other.isExact) {
      this.#mergeRows(other, toOwn);
      return;
    }
    this.#rows += other.#rows;
    if (other.#isGivenUp) this.#giveUp();
    else this.#moveToBins();
    if (this.#isGivenUp) return;
    const { bits, classes, cells } = other.#bins as { bits: number; classes: number; cells: WeightCells };
    this.#reshape(Math.max(0, ...toOwn.map((own) => own + 1)));
    if (this.#bins === undefined) return;
    const shift = bits - this.#bins.bits;
    if (shift < 0) this.#rebin(bits, this.#bins.classes);
    const own = this.#bins;
    for (let from = 0; from < cells.length; from++) {
      if (cells.rows(from) === 0) continue;
      const [pair, bin] = [Math.floor(from / binCount(bits)), from % binCount(bits)];
      const column = toOwn[Math.floor(pair / classes)] as number;
      const truth = toOwn[pair % classes] as number;
      own.cells.addCell(cellOf(own, column, truth, bin >> Math.max(0, shift)), cells, from);
    }
    this.#fillZeros(other.#classWeights(), toOwn, classes);
  }

  /** Visits a class's scores from the least to the greatest; `classes` is how many there are in all. */
  walkUp(column: number, classes: number, visit: VisitClassGroup): void {
    const weights = new Float64Array(classes);
    if (this.#bins !== undefined) {
      for (let bin = 0; bin < binCount(this.#bins.bits); bin++) {
        let total = 0;
        for (let truth = 0; truth < classes; truth++) {
          const known = column < this.#bins.classes && truth < this.#bins.classes;
          weights[truth] = known ? this.#bins.cells.weight(cellOf(this.#bins, column, truth, bin)) : 0;
          total += weights[truth] as number;
        }
        if (total > 0) visit(bin, weights);
      }
      return;
    }
    this.walkRows(column, (rows, score) => {
      weights.fill(0);
      for (const row of rows) {
        const truth = this.truth(row);
        weights[truth] = (weights[truth] as number) + this.weight(row);
      }
      visit(score, weights);
    });
  }

  /** Visits groups of kept rows of one score of a class, from the least to the greatest; only while `isExact`. */
  walkRows(column: number, visit: (rows: Uint32Array, score: number) => void): void {
    const scores = this.#columns[column]?.view() ?? new Float64Array(this.#truths.length);
    const order = this.#orderOf(column, scores);
    let from = 0;
    while (from < order.length) {
      const score = scores[order[from] as number] as number;
      let to = from + 1;
      while (to < order.length && scores[order[to] as number] === score) to += 1;
      visit(order.subarray(from, to), score);
      from = to;
    }
  }

  /** By score, then by what makes sums along the rows independent of their order. */
  #orderOf(column: number, scores: Float64Array): Uint32Array {
    const known = this.#orders.get(column);
    if (known !== undefined) return known;
    const [truths, weights] = [this.#truths.view(), this.#weights?.view()];
    const order = Uint32Array.from(scores, (_, row) => row);
    order.sort(
      (a, b) =>
        (scores[a] as number) - (scores[b] as number) ||
        (truths[a] as number) - (truths[b] as number) ||
        (weights === undefined ? 0 : (weights[a] as number) - (weights[b] as number)),
    );
    this.#orders.set(column, order);
    return order;
  }

  truth(row: number): number {
    return this.#truths.view()[row] as number;
  }

  weight(row: number): number {
    return this.#weights?.view()[row] ?? 1;
  }

  save(): Record<string, NumberArray> {
    const bins = this.#bins;
    const shape = Float64Array.of(this.#rows, bins?.bits ?? -1, bins?.classes ?? 0, this.#isGivenUp ? 1 : 0);
    if (bins !== undefined) {
      return { shape, ...bins.cells.saveUsed() };
    }
    const columns = this.#columns.map((column, c) => [`class${c}`, column.view()] as const);
    const weights = this.#weights === undefined ? {} : { weights: this.#weights.view() };
    return { shape, truths: this.#truths.view(), ...weights, ...Object.fromEntries(columns) };
  }

  #mergeRows(other: ClassScores, toOwn: readonly number[]): void {
    const columns = other.#columns.map((column) => column.view());
    const width = Math.max(0, ...columns.map((_, c) => (toOwn[c] as number) + 1));
    const scores = new Float64Array(width);
    for (let row = 0; row < other.#truths.length; row++) {
      for (let c = 0; c < columns.length; c++) scores[toOwn[c] as number] = columns[c]?.[row] as number;
      this.add(toOwn[other.truth(row)] as number, scores, other.weight(row));
    }
  }

  #addColumn(): void {
    const column = new GrowingFloats();
    column.fillTo(this.#truths.length, 0);
    this.#columns.push(column);
  }

  #bytes(): number {
    return 8 * this.#truths.length * (this.#columns.length + 1 + (this.#weights === undefined ? 0 : 1));
  }

  #moveToBins(): void {
    if (this.#bins !== undefined || this.#isGivenUp) return;
    const [columns, truths, weights] = [this.#columns, this.#truths.view(), this.#weights?.view()];
    [this.#columns, this.#truths, this.#weights] = [[], new GrowingFloats(), undefined];
    this.#bins = { bits: MOST_BITS, classes: 0, cells: new WeightCells(0) };
    this.#reshape(
      Math.max(
        columns.length,
        truths.reduce((most, truth) => Math.max(most, truth + 1), 0),
      ),
    );
    const scores = new Float64Array(columns.length);
    const views = columns.map((column) => column.view());
    for (let row = 0; row < truths.length; row++) {
      for (let c = 0; c < views.length; c++) scores[c] = views[c]?.[row] as number;
      this.#count(truths[row] as number, scores, weights?.[row] ?? 1);
    }
  }

  #count(truth: number, scores: Float64Array, weight: number): void {
    const classes = Math.max(truth + 1, scores.length);
    if (classes > (this.#bins?.classes ?? 0)) this.#reshape(classes);
    const bins = this.#bins;
    if (bins === undefined) return;
    for (let c = 0; c < bins.classes; c++)
      bins.cells.add(cellOf(bins, c, truth, binOf(scores[c] ?? 0, bins.bits)), weight);
  }

  /** Makes room for more classes, with coarser bins where they must be; in those, rows so far have scored 0. */
  #reshape(classes: number): void {
    const bins = this.#bins;
    if (bins === undefined || classes <= bins.classes) return;
    let bits = bins.bits;
    while (bits >= 0 && binCount(bits) * classes * classes > MOST_CELLS[this.#size]) bits -= 1;
    if (bits < 0) {
      this.#giveUp();
      return;
    }
    const before = { weights: this.#classWeights(), classes: bins.classes };
    this.#rebin(bits, classes);
    this.#fillZeros(
      before.weights,
      Array.from({ length: before.classes }, (_, c) => c),
      before.classes,
    );
  }

  #rebin(bits: number, classes: number): void {
    const before = this.#bins as { bits: number; classes: number; cells: WeightCells };
    const after = { bits, classes, cells: new WeightCells(binCount(bits) * classes * classes) };
    for (let from = 0; from < before.cells.length; from++) {
      if (before.cells.rows(from) === 0) continue;
      const [pair, bin] = [Math.floor(from / binCount(before.bits)), from % binCount(before.bits)];
      const [column, truth] = [Math.floor(pair / before.classes), pair % before.classes];
      after.cells.addCell(cellOf(after, column, truth, bin >> (before.bits - bits)), before.cells, from);
    }
    this.#bins = after;
  }

  /** Rows by true class, each in a cell. */
  #classWeights(): WeightCells {
    const bins = this.#bins as { bits: number; classes: number; cells: WeightCells };
    const weights = new WeightCells(bins.classes);
    if (bins.classes === 0) return weights;
    for (let truth = 0; truth < bins.classes; truth++) {
      for (let bin = 0; bin < binCount(bins.bits); bin++)
        weights.addCell(truth, bins.cells, cellOf(bins, 0, truth, bin));
    }
    return weights;
  }

  /** Counts rows of these true classes at score 0 in every class that is not among `toOwn`. */
  #fillZeros(weights: WeightCells, toOwn: readonly number[], classes: number): void {
    const bins = this.#bins as { bits: number; classes: number; cells: WeightCells };
    const known = new Set(toOwn.slice(0, classes));
    for (let column = 0; column < bins.classes; column++) {
      if (known.has(column)) continue;
      for (let truth = 0; truth < classes; truth++) {
        bins.cells.addCell(cellOf(bins, column, toOwn[truth] as number, binOf(0, bins.bits)), weights, truth);
      }
    }
  }

  #giveUp(): void {
    this.#isGivenUp = true;
    this.#bins = undefined;
    [this.#columns, this.#truths, this.#weights] = [[], new GrowingFloats(), undefined];
  }
}

function cellOf(
  { bits, classes }: { readonly bits: number; readonly classes: number },
  column: number,
  truth: number,
  bin: number,
): number {
  return (column * classes + truth) * binCount(bits) + bin;
}
