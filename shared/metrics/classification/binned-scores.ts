import type { NumberArray } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import { binCount, binOf } from './score-bins.ts';
import { GroupBlock, MOST_GROUPS, type ScoreGroups } from './score-groups.ts';

/** Cell 2b holds the negatives of bin b, cell 2b + 1 its positives. */
export class BinnedScores {
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

  static restore(bits: number, saved: Readonly<Record<string, NumberArray>>): BinnedScores {
    const bins = new BinnedScores(bits);
    const cells = WeightCells.restore(saved);
    (saved['bin'] as Uint32Array).forEach((bin, i) => {
      bins.#cells.addCell(2 * bin, cells, 2 * i);
      bins.#cells.addCell(2 * bin + 1, cells, 2 * i + 1);
      bins.#least[bin] = (saved['least'] as Float64Array)[i] as number;
      bins.#greatest[bin] = (saved['greatest'] as Float64Array)[i] as number;
    });
    return bins;
  }

  get isWeighted(): boolean {
    return this.#cells.isWeighted;
  }

  add(isPositive: boolean, score: number, weight: number): void {
    const bin = binOf(score, this.#bits);
    this.#cells.add(isPositive ? 2 * bin + 1 : 2 * bin, weight);
    if (score < (this.#least[bin] as number)) this.#least[bin] = score;
    if (score > (this.#greatest[bin] as number)) this.#greatest[bin] = score;
  }

  merge(other: BinnedScores): void {
    this.#cells.merge(other.#cells);
    for (let bin = 0; bin < this.#least.length; bin++) {
      this.#least[bin] = Math.min(this.#least[bin] as number, other.#least[bin] as number);
      this.#greatest[bin] = Math.max(this.#greatest[bin] as number, other.#greatest[bin] as number);
    }
  }

  /** The groups from the greatest score to the least; `areBlurredOnly`: those within which scores differ. */
  *groupsDown(areBlurredOnly = false): Generator<ScoreGroups> {
    const block = new GroupBlock(true);
    for (let bin = this.#least.length - 1; bin >= 0; bin--) {
      const [least, greatest] = [this.#least[bin] as number, this.#greatest[bin] as number];
      if (least > greatest || (areBlurredOnly && least === greatest)) continue;
      this.#copyGroup(bin, block);
      if (block.length < MOST_GROUPS) continue;
      yield block;
      block.length = 0;
    }
    if (block.length > 0) yield block;
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

  #copyGroup(bin: number, block: GroupBlock): void {
    const [cells, group] = [this.#cells, block.length++];
    const [n, p] = [2 * bin, 2 * bin + 1];
    block.scores[group] = this.#least[bin] as number;
    block.positives[group] = cells.weight(p);
    block.negatives[group] = cells.weight(n);
    block.positiveSquares[group] = cells.squares(p);
    block.negativeSquares[group] = cells.squares(n);
  }
}

function* usedBins(least: Float64Array, greatest: Float64Array): Generator<number> {
  for (let bin = 0; bin < least.length; bin++) if ((least[bin] as number) <= (greatest[bin] as number)) yield bin;
}
