import { normalQuantile } from '../../core/distributions.ts';
import type { Curve } from '../evaluation.ts';
import type { Interval } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import type { BinaryScores } from './binary-scores.ts';
import { thinned } from './thinned.ts';

/** Area under the ROC curve with what its uncertainty is made of. NaN where a class has no weight. */
export interface RocArea {
  readonly area: number;
  /** By DeLong; 0 where the classes are parted wholly. NaN with fewer than two rows of a class. */
  readonly standardError: number;
  /** How far the true area may be from `area`: half the share of pairs within one bin. 0 while scores are exact. */
  readonly errorBound: number;
}

export interface ScoreTotals {
  readonly positives: number;
  readonly negatives: number;
}

export function totalsOf(scores: BinaryScores): ScoreTotals {
  let positives = 0;
  let negatives = 0;
  scores.walkDown((_, p, n) => {
    positives += p;
    negatives += n;
  });
  return { positives, negatives };
}

/**
 * P(positive's score > negative's) + P(equal) / 2 over weighted pairs, which is the trapezoid area (Hanley and McNeil 1982).
 * Standard error by DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44:837-845) from each row's share of the other class that
 * it beats; with weights, row i counts w_i / Σw in the area and w_i² / (Σw)² in its variance.
 */
export function rocArea(scores: BinaryScores, { positives: P, negatives: N }: ScoreTotals): RocArea {
  let [above, pairs] = [0, 0];
  scores.walkDown((_, p, n) => {
    pairs += n * (above + p / 2);
    above += p;
  });
  const area = pairs / (P * N);
  let [positivesAbove, negativesAbove, ofPositives, ofNegatives] = [0, 0, 0, 0];
  scores.walkDown((_, p, n, pp, nn) => {
    ofPositives += pp * ((N - negativesAbove - n / 2) / N - area) ** 2;
    ofNegatives += nn * ((positivesAbove + p / 2) / P - area) ** 2;
    positivesAbove += p;
    negativesAbove += n;
  });
  const [m, k] = [scores.positiveRows, scores.negativeRows];
  const variance = (ofPositives / (P * P)) * (m / (m - 1)) + (ofNegatives / (N * N)) * (k / (k - 1));
  let blurredPairs = 0;
  scores.walkBlurred((_, p, n) => {
    blurredPairs += p * n;
  });
  return { area, standardError: Math.sqrt(variance), errorBound: blurredPairs / (2 * P * N) };
}

/**
 * DeLong's interval on the scale of log(area / (1 − area)), which keeps it within 0 and 1 and holds its level for areas near 1.
 * Where the classes are parted wholly there is no variance: then Wilson's interval with as many trials as the rarer class has rows.
 */
export function rocInterval(
  { area, standardError }: RocArea,
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
  const points = thinned(2);
  let [truePositives, falsePositives] = [0, 0];
  points.first(0, 0);
  scores.walkDown((_, p, n) => {
    truePositives += p;
    falsePositives += n;
    points.next(falsePositives / N, truePositives / P, falsePositives / N + truePositives / P);
  });
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
