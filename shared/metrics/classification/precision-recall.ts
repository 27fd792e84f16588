import type { Curve } from '../evaluation.ts';
import type { BinaryScores } from './binary-scores.ts';
import type { ScoreTotals } from './roc.ts';
import { ThinnedPoints } from './thinned-points.ts';

export interface AveragePrecision {
  /** NaN without positives. */
  readonly value: number;
  /** How far the true value may be away; 0 while scores are exact. */
  readonly errorBound: number;
}

/**
 * Σ (R_k − R_k−1) P_k over falling thresholds (scikit-learn's `average_precision_score`: no interpolation, equal scores are one
 * threshold). In bins the true order within a bin may put its positives first or last, which bounds what each bin adds.
 */
export function averagePrecision(scores: BinaryScores, { positives: P }: ScoreTotals): AveragePrecision {
  let [truePositives, falsePositives, value] = [0, 0, 0];
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      const p = groups.positives[i] as number;
      truePositives += p;
      falsePositives += groups.negatives[i] as number;
      if (p > 0) value += (p / P) * (truePositives / (truePositives + falsePositives));
    }
  }
  return { value: P > 0 ? value : Number.NaN, errorBound: scores.isExact ? 0 : errorBound(scores, P) };
}

function errorBound(scores: BinaryScores, P: number): number {
  const blurred = new Set<number>();
  for (const groups of scores.blurredGroups()) {
    for (const score of groups.scores.subarray(0, groups.length)) blurred.add(score);
  }
  let [above, falseAbove, bound] = [0, 0, 0];
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      const p = groups.positives[i] as number;
      const n = groups.negatives[i] as number;
      if (p > 0 && blurred.has(groups.scores[i] as number)) {
        const counted = (above + p) / (above + p + falseAbove + n);
        const best = (above + p) / (above + p + falseAbove);
        const worst = above / (above + falseAbove + n || 1);
        bound += (p / P) * Math.max(best - counted, counted - worst);
      }
      above += p;
      falseAbove += n;
    }
  }
  return bound;
}

/** Precision against recall at falling thresholds, thinned to at most 200 points; its reference is the share of positives. */
export function precisionRecallCurve(scores: BinaryScores, { positives: P, negatives: N }: ScoreTotals): Curve {
  const points = new ThinnedPoints(1);
  let [truePositives, predicted] = [0, 0];
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      const p = groups.positives[i] as number;
      const n = groups.negatives[i] as number;
      truePositives += p;
      predicted += p + n;
      if (predicted === p + n) points.first(truePositives / P, truePositives / predicted);
      else if (p > 0) points.next(truePositives / P, truePositives / predicted, truePositives / P);
    }
  }
  const prevalence = P / (P + N);
  return {
    title: 'Precision against recall',
    xLabel: 'Recall',
    yLabel: 'Precision',
    lines: [
      { name: 'model', ...points.line() },
      { name: 'share of positives', x: [0, 1], y: [prevalence, prevalence], isReference: true },
    ],
  };
}
