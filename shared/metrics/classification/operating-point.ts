import type { BinaryScores } from './binary-scores.ts';
import type { ScoreTotals } from './roc.ts';

/** A threshold (a row is predicted positive from it on) and what is had there. */
export interface OperatingPoint {
  /** null: no row is predicted positive. */
  readonly threshold: number | null;
  readonly value: number;
}

export interface Costs {
  /** Of one false positive: the mail sent for nothing. */
  readonly costFalsePositive: number;
  /** Of one false negative: the customer lost. */
  readonly costFalseNegative: number;
}

/** Mean cost a row of these weights. */
export function expectedCost(falsePositives: number, falseNegatives: number, weight: number, costs: Costs): number {
  return (costs.costFalsePositive * falsePositives + costs.costFalseNegative * falseNegatives) / weight;
}

/**
 * The threshold of least mean cost among the scores that occur and none; of equal ones the highest. In bins, thresholds are the
 * least scores of bins, at which costs are exact.
 */
export function cheapestThreshold(scores: BinaryScores, totals: ScoreTotals, costs: Costs): OperatingPoint {
  const weight = totals.positives + totals.negatives;
  let best: OperatingPoint = { threshold: null, value: expectedCost(0, totals.positives, weight, costs) };
  let [truePositives, falsePositives] = [0, 0];
  scores.walkDown((score, p, n) => {
    truePositives += p;
    falsePositives += n;
    const value = expectedCost(falsePositives, totals.positives - truePositives, weight, costs);
    if (value < best.value) best = { threshold: score, value };
  });
  return best;
}

/** The threshold of greatest F-beta; of equal ones the highest. */
export function bestFThreshold(scores: BinaryScores, { positives: P }: ScoreTotals, beta: number): OperatingPoint {
  let best: OperatingPoint = { threshold: null, value: 0 };
  let [truePositives, predicted] = [0, 0];
  const square = beta * beta;
  scores.walkDown((score, p, n) => {
    truePositives += p;
    predicted += p + n;
    const value = ((1 + square) * truePositives) / (square * P + predicted);
    if (value > best.value) best = { threshold: score, value };
  });
  return best;
}
