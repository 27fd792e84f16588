import { normalQuantile } from '../../core/distributions.ts';
import type { Curve } from '../evaluation.ts';
import type { Interval } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import type { BinaryScores } from './binary-scores.ts';
import { ThinnedPoints } from './thinned-points.ts';

/** Area under the ROC curve. NaN where a class has no weight. */
export interface RocArea {
  readonly area: number;
  /** How far the true area may be from `area`: half the share of pairs within one bin. 0 while scores are exact. */
  readonly errorBound: number;
}

export interface ScoreTotals {
  readonly positives: number;
  readonly negatives: number;
}

export function totalsOf(scores: BinaryScores): ScoreTotals {
  if (!scores.isWeighted) return { positives: scores.positiveRows, negatives: scores.negativeRows };
  let positives = 0;
  let negatives = 0;
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      positives += groups.positives[i] as number;
      negatives += groups.negatives[i] as number;
    }
  }
  return { positives, negatives };
}

/** P(positive's score > negative's) + P(equal) / 2 over weighted pairs, which is the trapezoid area (Hanley and McNeil 1982). */
export function rocArea(scores: BinaryScores, { positives: P, negatives: N }: ScoreTotals): RocArea {
  let [above, pairs] = [0, 0];
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      const p = groups.positives[i] as number;
      pairs += (groups.negatives[i] as number) * (above + p / 2);
      above += p;
    }
  }
  let blurredPairs = 0;
  for (const { length, positives, negatives } of scores.blurredGroups()) {
    for (let i = 0; i < length; i++) blurredPairs += (positives[i] as number) * (negatives[i] as number);
  }
  return { area: pairs / (P * N), errorBound: blurredPairs / (2 * P * N) };
}

/**
 * Of the area, by DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44:837-845) from each row's share of the other class that
 * it beats; with weights, row i counts w_i / Σw in the area and w_i² / (Σw)² in its variance. 0 where the classes are parted wholly,
 * NaN with fewer than two rows of a class.
 */
export function rocStandardError(
  scores: BinaryScores,
  { positives: P, negatives: N }: ScoreTotals,
  { area }: RocArea,
): number {
  let [positivesAbove, negativesAbove, ofPositives, ofNegatives] = [0, 0, 0, 0];
  for (const { length, positives, negatives, positiveSquares, negativeSquares } of scores.groupsDown()) {
    for (let i = 0; i < length; i++) {
      const p = positives[i] as number;
      const n = negatives[i] as number;
      ofPositives += (positiveSquares[i] as number) * ((N - negativesAbove - n / 2) / N - area) ** 2;
      ofNegatives += (negativeSquares[i] as number) * ((positivesAbove + p / 2) / P - area) ** 2;
      positivesAbove += p;
      negativesAbove += n;
    }
  }
  const [m, k] = [scores.positiveRows, scores.negativeRows];
  const variance = (ofPositives / (P * P)) * (m / (m - 1)) + (ofNegatives / (N * N)) * (k / (k - 1));
  return Math.sqrt(variance);
}

/**
 * DeLong's interval on the scale of log(area / (1 − area)), which keeps it within 0 and 1 and holds its level for areas near 1.
 * Where the classes are parted wholly there is no variance: then Wilson's interval with as many trials as the rarer class has rows.
 */
export function rocInterval(
  { area, standardError }: { readonly area: number; readonly standardError: number },
  rarerRows: number,
  level: number,
): { readonly interval: Interval; readonly intervalMethod: string } | undefined {
  if (area <= 0 || area >= 1) return { interval: shareInterval(area, rarerRows, level), intervalMethod: 'wilson' };
  if (!Number.isFinite(standardError)) return undefined;
  const spread = (normalQuantile(0.5 + level / 2) * standardError) / (area * (1 - area));
  const centre = Math.log(area / (1 - area));
  return { interval: [logistic(centre - spread), logistic(centre + spread)], intervalMethod: 'delong' };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** False-positive against true-positive rate at falling thresholds, thinned to at most 200 points. */
export function rocCurve(scores: BinaryScores, { positives: P, negatives: N }: ScoreTotals): Curve {
  const points = new ThinnedPoints(2);
  let [truePositives, falsePositives] = [0, 0];
  points.first(0, 0);
  for (const groups of scores.groupsDown()) {
    for (let i = 0; i < groups.length; i++) {
      truePositives += groups.positives[i] as number;
      falsePositives += groups.negatives[i] as number;
      points.next(falsePositives / N, truePositives / P, falsePositives / N + truePositives / P);
    }
  }
  return {
    title: 'ROC curve',
    xLabel: 'False-positive rate',
    yLabel: 'True-positive rate',
    lines: [
      { name: 'model', ...points.line() },
      { name: 'chance', x: [0, 1], y: [0, 1], isReference: true },
    ],
  };
}
