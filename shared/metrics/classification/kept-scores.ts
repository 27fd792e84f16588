import { GrowingFloats } from '../../core/growing-floats.ts';
import { sortFloats } from '../../core/sort-floats.ts';
import { GroupBlock, MOST_GROUPS, type ScoreGroups } from './score-groups.ts';

/** Scores of one class's rows; `weights` only where one differs from 1. */
export class KeptScores {
  readonly #scores: GrowingFloats;
  #weights: GrowingFloats | undefined;

  constructor(scores: Float64Array = new Float64Array(0), weights?: Float64Array) {
    this.#scores = new GrowingFloats(scores);
    if (weights !== undefined) this.#weights = new GrowingFloats(weights);
  }

  get scores(): Float64Array {
    return this.#scores.view();
  }

  get weights(): Float64Array | undefined {
    return this.#weights?.view();
  }

  get length(): number {
    return this.#scores.length;
  }

  get isWeighted(): boolean {
    return this.#weights !== undefined;
  }

  add(score: number, weight: number): void {
    this.#scores.push(score);
    if (weight !== 1 && this.#weights === undefined) {
      this.#weights = new GrowingFloats();
      this.#weights.fillTo(this.#scores.length - 1, 1);
    }
    this.#weights?.push(weight);
  }

  append(other: KeptScores): void {
    const { scores, weights } = other;
    if (weights !== undefined && this.#weights === undefined) {
      this.#weights = new GrowingFloats();
      this.#weights.fillTo(this.#scores.length, 1);
    }
    this.#scores.append(scores);
    if (weights !== undefined) this.#weights?.append(weights);
    else this.#weights?.fillTo(this.#scores.length, 1);
  }

  /** By score and then weight, so that sums along the rows do not depend on the order in which they came. */
  sort(): void {
    const { scores, weights } = this;
    if (weights === undefined) {
      sortFloats(scores);
      return;
    }
    const order = Uint32Array.from(scores, (_, i) => i);
    const byBoth = (a: number, b: number) =>
      (scores[a] as number) - (scores[b] as number) || (weights[a] as number) - (weights[b] as number);
    order.sort(byBoth);
    scores.set(Float64Array.from(order, (i) => scores[i] as number));
    weights.set(Float64Array.from(order, (i) => weights[i] as number));
  }
}

/** The groups of sorted positive and negative rows, from the greatest score to the least. */
export function* groupsOfKept(positive: KeptScores, negative: KeptScores): Generator<ScoreGroups> {
  const isWeighted = positive.isWeighted || negative.isWeighted;
  const block = new GroupBlock(isWeighted);
  const sides = [positive, negative].map(({ scores, weights }) => ({ scores, weights, left: scores.length }));
  const [positives, negatives] = sides as [SortedSide, SortedSide];
  while (positives.left + negatives.left > 0) {
    if (isWeighted) fillWeighted(block, positives, negatives);
    else fillUnweighted(block, positives, negatives);
    yield block;
  }
}

interface SortedSide {
  readonly scores: Float64Array;
  readonly weights: Float64Array | undefined;
  /** Rows that were not visited yet, those of the least scores. */
  left: number;
}

/** Merges the two sides from their ends. No lists are taken apart in the loop: V8 would make each of them. */
function fillUnweighted(block: GroupBlock, positives: SortedSide, negatives: SortedSide): void {
  const [ofPositives, ofNegatives] = [positives.scores, negatives.scores];
  const { scores, positives: positiveRows, negatives: negativeRows } = block;
  let [i, j, group] = [positives.left - 1, negatives.left - 1, 0];
  for (; (i >= 0 || j >= 0) && group < MOST_GROUPS; group++) {
    const positive = i >= 0 ? (ofPositives[i] as number) : Number.NEGATIVE_INFINITY;
    const negative = j >= 0 ? (ofNegatives[j] as number) : Number.NEGATIVE_INFINITY;
    const score = Math.max(positive, negative);
    const before = i + j;
    while (i >= 0 && ofPositives[i] === score) i--;
    const between = i + j;
    while (j >= 0 && ofNegatives[j] === score) j--;
    scores[group] = score;
    positiveRows[group] = before - between;
    negativeRows[group] = between - i - j;
  }
  block.length = group;
  [positives.left, negatives.left] = [i + 1, j + 1];
}

function fillWeighted(block: GroupBlock, positives: SortedSide, negatives: SortedSide): void {
  for (block.length = 0; positives.left + negatives.left > 0 && block.length < MOST_GROUPS; block.length++) {
    const score = Math.max(greatestLeft(positives), greatestLeft(negatives));
    block.scores[block.length] = score;
    takeEqual(positives, score, block.length, block.positives, block.positiveSquares);
    takeEqual(negatives, score, block.length, block.negatives, block.negativeSquares);
  }
}

/** Sums the side's rows of this score into the group. */
function takeEqual(side: SortedSide, score: number, group: number, sums: Float64Array, squares: Float64Array): void {
  const { scores, weights } = side;
  let [sum, sumOfSquares] = [0, 0];
  for (; side.left > 0 && scores[side.left - 1] === score; side.left--) {
    const weight = weights === undefined ? 1 : (weights[side.left - 1] as number);
    sum += weight;
    sumOfSquares += weight * weight;
  }
  sums[group] = sum;
  squares[group] = sumOfSquares;
}

function greatestLeft({ scores, left }: SortedSide): number {
  return left > 0 ? (scores[left - 1] as number) : Number.NEGATIVE_INFINITY;
}
