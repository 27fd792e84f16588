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
 * The thresholds of least mean cost and of greatest F1 among the scores that occur and none; of equal ones the highest. In bins,
 * thresholds are the least scores of bins, at which both figures are exact.
 */
export function bestThresholds(
  scores: BinaryScores,
  { positives: P, negatives: N }: ScoreTotals,
  costs: Costs,
): { readonly cheapest: OperatingPoint; readonly bestF1: OperatingPoint } {
  let cheapest: number | null = null;
  let leastCost = expectedCost(0, P, P + N, costs);
  let bestF1: number | null = null;
  let greatestF1 = 0;
  let [truePositives, falsePositives] = [0, 0];
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      truePositives += groups.positives[i] as number;
      falsePositives += groups.negatives[i] as number;
      const cost = expectedCost(falsePositives, P - truePositives, P + N, costs);
      if (cost < leastCost) {
        leastCost = cost;
        cheapest = groups.scores[i] as number;
      }
      const f1 = (2 * truePositives) / (P + truePositives + falsePositives);
      if (f1 > greatestF1) {
        greatestF1 = f1;
        bestF1 = groups.scores[i] as number;
      }
    }
  }
  return { cheapest: { threshold: cheapest, value: leastCost }, bestF1: { threshold: bestF1, value: greatestF1 } };
}
