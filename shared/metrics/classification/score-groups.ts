/** Groups that are handed on together: their arrays stay in the nearest cache. */
export const MOST_GROUPS = 512;

/**
 * Groups of rows of one score (or of one bin) each, some hundred of them: of each its least score, the weights of its positive and
 * negative rows, and the sums of their squares. Plain arrays rather than a call for each group, as its numbers would be boxed. They
 * are used again for the next groups.
 */
export interface ScoreGroups {
  /** How many there are; what lies behind them in the arrays means nothing. */
  readonly length: number;
  readonly scores: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  readonly positiveSquares: Float64Array;
  readonly negativeSquares: Float64Array;
}

/** Groups that are filled in by whoever walks along scores. */
export class GroupBlock implements ScoreGroups {
  length = 0;
  readonly scores = new Float64Array(MOST_GROUPS);
  readonly positives = new Float64Array(MOST_GROUPS);
  readonly negatives = new Float64Array(MOST_GROUPS);
  readonly positiveSquares: Float64Array;
  readonly negativeSquares: Float64Array;

  /** Without weights, squares are the weights themselves. */
  constructor(isWeighted: boolean) {
    this.positiveSquares = isWeighted ? new Float64Array(MOST_GROUPS) : this.positives;
    this.negativeSquares = isWeighted ? new Float64Array(MOST_GROUPS) : this.negatives;
  }
}
