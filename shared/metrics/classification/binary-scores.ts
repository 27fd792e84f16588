import { GrowingFloats } from '../../core/growing-floats.ts';
import type { NumberArray, StateSize } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import { binCount, binOf } from './score-bins.ts';

/** Bytes of scores and weights that are kept as they are before they are counted in bins. */
const EXACT_BYTES = { whole: 2 ** 23, slice: 2 ** 17 };
/** Of the bins: see score-bins. */
const BITS = { whole: 12, slice: 5 };

/**
 * Takes a group of rows of one score (or of one bin): its least score, the weights of its positive and negative rows, the sums of
 * their squares, and whether its scores differ, so that their order is not known.
 */
export type VisitGroup = (
  score: number,
  positives: number,
  negatives: number,
  positiveSquares: number,
  negativeSquares: number,
  isBlurred: boolean,
) => void;

/**
 * The scores of positive and of negative rows, for everything that is worked out along them: exactly while they fit
 * (2^20 rows of weight 1 in a whole state), beyond that in bins that only the scores' values decide. Both depend on the multiset of
 * rows alone. A bin in which all scores are equal loses nothing.
 */
export class BinaryScores {
  readonly #size: StateSize;
  #kept: Record<Side, KeptRows> | undefined = { positive: newKept(), negative: newKept() };
  #bins: Bins | undefined;
  #isSorted = true;
  readonly #rows: Record<Side, number> = { positive: 0, negative: 0 };

  constructor(size: StateSize) {
    this.#size = size;
  }

  static restore(size: StateSize, saved: Readonly<Record<string, NumberArray>>): BinaryScores {
    const scores = new BinaryScores(size);
    [scores.#rows.positive, scores.#rows.negative] = saved['rows'] as unknown as [number, number];
    if (saved['bin'] === undefined) {
      for (const side of SIDES) {
        const weights = saved[`${side}Weights`] as Float64Array | undefined;
        const rows = { scores: saved[`${side}Scores`] as Float64Array, ...(weights === undefined ? {} : { weights }) };
        scores.#appendKept(side, rows);
      }
    } else {
      scores.#kept = undefined;
      scores.#bins = Bins.restore(BITS[size], saved);
    }
    return scores;
  }

  /** Takes a finite score; `weight` above 0. */
  add(isPositive: boolean, score: number, weight: number): void {
    if (isPositive) this.#rows.positive += 1;
    else this.#rows.negative += 1;
    if (this.#kept === undefined) {
      (this.#bins as Bins).add(isPositive, score, weight);
      return;
    }
    keep(isPositive ? this.#kept.positive : this.#kept.negative, score, weight);
    this.#isSorted = false;
    if (this.#bytes() > EXACT_BYTES[this.#size]) this.#moveToBins();
  }

  merge(other: BinaryScores): void {
    for (const side of SIDES) this.#rows[side] += other.#rows[side];
    if (other.#kept !== undefined) {
      for (const side of SIDES) {
        const { scores, weights } = other.#kept[side];
        this.#appendKept(side, {
          scores: scores.view(),
          ...(weights === undefined ? {} : { weights: weights.view() }),
        });
      }
      return;
    }
    this.#moveToBins();
    (this.#bins as Bins).merge(other.#bins as Bins);
  }

  /** Whether scores are kept as they are. */
  get isExact(): boolean {
    return this.#kept !== undefined;
  }

  get positiveRows(): number {
    return this.#rows.positive;
  }

  get negativeRows(): number {
    return this.#rows.negative;
  }

  /** Visits the groups from the greatest score to the least. */
  walkDown(visit: VisitGroup): void {
    if (this.#kept === undefined) (this.#bins as Bins).walkDown(visit);
    else walkKept(this.#sorted(), visit);
  }

  /** Like `walkDown`, the groups within which scores differ alone; there are none while scores are exact. */
  walkBlurred(visit: VisitGroup): void {
    this.#bins?.walkDown(visit, true);
  }

  save(): Record<string, NumberArray> {
    const rows = Float64Array.of(this.#rows.positive, this.#rows.negative);
    if (this.#kept === undefined) return { rows, ...(this.#bins as Bins).save() };
    const kept = this.#sorted();
    const named = Object.fromEntries(
      SIDES.flatMap((side) => {
        const { scores, weights } = kept[side];
        const ofScores: [string, NumberArray][] = [[`${side}Scores`, scores.view()]];
        return weights === undefined
          ? ofScores
          : [...ofScores, [`${side}Weights`, weights.view()] as [string, NumberArray]];
      }),
    );
    return { rows, ...named };
  }

  #sorted(): Record<Side, KeptRows> {
    const kept = this.#kept as Record<Side, KeptRows>;
    if (!this.#isSorted) for (const side of SIDES) sortKept(kept[side]);
    this.#isSorted = true;
    return kept;
  }

  #appendKept(side: Side, rows: { readonly scores: Float64Array; readonly weights?: Float64Array }): void {
    const { scores, weights } = rows;
    if (this.#kept !== undefined) {
      appendRows(this.#kept[side], scores, weights);
      this.#isSorted = false;
      if (this.#bytes() > EXACT_BYTES[this.#size]) this.#moveToBins();
      return;
    }
    const bins = this.#bins as Bins;
    for (let i = 0; i < scores.length; i++) bins.add(side === 'positive', scores[i] as number, weights?.[i] ?? 1);
  }

  #bytes(): number {
    const kept = this.#kept as Record<Side, KeptRows>;
    const isWeighted = kept.positive.weights !== undefined || kept.negative.weights !== undefined;
    return (kept.positive.scores.length + kept.negative.scores.length) * (isWeighted ? 16 : 8);
  }

  #moveToBins(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    this.#bins = new Bins(BITS[this.#size]);
    for (const side of SIDES) {
      const { scores, weights } = kept[side];
      this.#appendKept(side, { scores: scores.view(), ...(weights === undefined ? {} : { weights: weights.view() }) });
    }
  }
}

type Side = 'positive' | 'negative';
const SIDES: readonly Side[] = ['positive', 'negative'];

/** `weights` only where one differs from 1. */
interface KeptRows {
  readonly scores: GrowingFloats;
  weights: GrowingFloats | undefined;
}

function newKept(): KeptRows {
  return { scores: new GrowingFloats(), weights: undefined };
}

function keep(rows: KeptRows, score: number, weight: number): void {
  rows.scores.push(score);
  if (weight !== 1 && rows.weights === undefined) {
    rows.weights = new GrowingFloats();
    rows.weights.fillTo(rows.scores.length - 1, 1);
  }
  rows.weights?.push(weight);
}

function appendRows(rows: KeptRows, scores: Float64Array, weights: Float64Array | undefined): void {
  if (weights !== undefined && rows.weights === undefined) {
    rows.weights = new GrowingFloats();
    rows.weights.fillTo(rows.scores.length, 1);
  }
  rows.scores.append(scores);
  if (weights !== undefined) rows.weights?.append(weights);
  else rows.weights?.fillTo(rows.scores.length, 1);
}

/** By score and then weight, so that sums along the rows do not depend on the order in which they came. */
function sortKept({ scores, weights }: KeptRows): void {
  const view = scores.view();
  if (weights === undefined) {
    view.sort();
    return;
  }
  const weightView = weights.view();
  const order = Uint32Array.from(view, (_, i) => i);
  const byBoth = (a: number, b: number) =>
    (view[a] as number) - (view[b] as number) || (weightView[a] as number) - (weightView[b] as number);
  order.sort(byBoth);
  view.set(Float64Array.from(order, (i) => view[i] as number));
  weightView.set(Float64Array.from(order, (i) => weightView[i] as number));
}

/** Merges the two sorted sides from their ends. */
function walkKept(kept: Record<Side, KeptRows>, visit: VisitGroup): void {
  const [positives, negatives] = [kept.positive.scores.view(), kept.negative.scores.view()];
  const [positiveWeights, negativeWeights] = [kept.positive.weights?.view(), kept.negative.weights?.view()];
  let [i, j] = [positives.length - 1, negatives.length - 1];
  while (i >= 0 || j >= 0) {
    const ofPositives = i < 0 ? Number.NEGATIVE_INFINITY : (positives[i] as number);
    const ofNegatives = j < 0 ? Number.NEGATIVE_INFINITY : (negatives[j] as number);
    const score = Math.max(ofPositives, ofNegatives);
    let p = 0;
    let n = 0;
    let pp = 0;
    let nn = 0;
    for (; i >= 0 && positives[i] === score; i--) {
      const weight = positiveWeights === undefined ? 1 : (positiveWeights[i] as number);
      p += weight;
      pp += weight * weight;
    }
    for (; j >= 0 && negatives[j] === score; j--) {
      const weight = negativeWeights === undefined ? 1 : (negativeWeights[j] as number);
      n += weight;
      nn += weight * weight;
    }
    visit(score, p, n, pp, nn, false);
  }
}

/** Cell 2b holds the negatives of bin b, cell 2b + 1 its positives. */
class Bins {
  readonly #bits: number;
  #cells: WeightCells;
  #least: Float64Array;
  #greatest: Float64Array;

  constructor(bits: number) {
    this.#bits = bits;
    this.#cells = new WeightCells(2 * binCount(bits));
    this.#least = new Float64Array(binCount(bits)).fill(Number.POSITIVE_INFINITY);
    this.#greatest = new Float64Array(binCount(bits)).fill(Number.NEGATIVE_INFINITY);
  }

  static restore(bits: number, saved: Readonly<Record<string, NumberArray>>): Bins {
    const bins = new Bins(bits);
    const cells = WeightCells.restore(saved);
    (saved['bin'] as Uint32Array).forEach((bin, i) => {
      bins.#cells.addCell(2 * bin, cells, 2 * i);
      bins.#cells.addCell(2 * bin + 1, cells, 2 * i + 1);
      bins.#least[bin] = (saved['least'] as Float64Array)[i] as number;
      bins.#greatest[bin] = (saved['greatest'] as Float64Array)[i] as number;
    });
    return bins;
  }

  add(isPositive: boolean, score: number, weight: number): void {
    const bin = binOf(score, this.#bits);
    this.#cells.add(isPositive ? 2 * bin + 1 : 2 * bin, weight);
    if (score < (this.#least[bin] as number)) this.#least[bin] = score;
    if (score > (this.#greatest[bin] as number)) this.#greatest[bin] = score;
  }

  merge(other: Bins): void {
    this.#cells.merge(other.#cells);
    for (let bin = 0; bin < this.#least.length; bin++) {
      this.#least[bin] = Math.min(this.#least[bin] as number, other.#least[bin] as number);
      this.#greatest[bin] = Math.max(this.#greatest[bin] as number, other.#greatest[bin] as number);
    }
  }

  walkDown(visit: VisitGroup, areBlurredOnly = false): void {
    const cells = this.#cells;
    for (let bin = this.#least.length - 1; bin >= 0; bin--) {
      const [least, greatest] = [this.#least[bin] as number, this.#greatest[bin] as number];
      if (least > greatest || (areBlurredOnly && least === greatest)) continue;
      const [n, p] = [2 * bin, 2 * bin + 1];
      visit(least, cells.weight(p), cells.weight(n), cells.squares(p), cells.squares(n), least < greatest);
    }
  }

  save(): Record<string, NumberArray> {
    const bin = Uint32Array.from(usedBins(this.#least, this.#greatest));
    const cells = new WeightCells(2 * bin.length);
    bin.forEach((from, to) => {
      cells.addCell(2 * to, this.#cells, 2 * from);
      cells.addCell(2 * to + 1, this.#cells, 2 * from + 1);
    });
    const [least, greatest] = [bin, bin].map(() => new Float64Array(bin.length)) as [Float64Array, Float64Array];
    bin.forEach((from, to) => {
      least[to] = this.#least[from] as number;
      greatest[to] = this.#greatest[from] as number;
    });
    return { bin, least, greatest, ...cells.save() };
  }
}

function* usedBins(least: Float64Array, greatest: Float64Array): Generator<number> {
  for (let bin = 0; bin < least.length; bin++) if ((least[bin] as number) <= (greatest[bin] as number)) yield bin;
}
