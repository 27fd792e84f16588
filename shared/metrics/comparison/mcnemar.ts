import { binomialCdf, binomialProbability, chiSquareSurvival, normalQuantile } from '../../core/distributions.ts';
import type { Interval } from '../metric.ts';

/** Of rows that one model has right and the other wrong. */
export interface Discordant {
  readonly onlyBaseline: number;
  readonly onlyCandidate: number;
}

export interface McNemar {
  /** Exact, two-sided: P of as few or fewer in the rarer direction among all of them, doubled; 1 without such rows. */
  readonly exact: number;
  /** Like it, the outcome itself counted half, which is less cautious and holds its level nearly always. */
  readonly midP: number;
  /** (|b − c| − 1)² / (b + c) with Edwards' correction, and P of its chi-square distribution with one degree of freedom. */
  readonly statistic: number;
  readonly chiSquare: number;
}

/**
 * McNemar's test of whether two models are right equally often (McNemar 1947; mid-p by Fagerland, Lydersen and Laake 2013, BMC Med.
 * Res. Methodol. 13:91).
 */
export function mcnemar({ onlyBaseline: b, onlyCandidate: c }: Discordant): McNemar {
  const [trials, fewer] = [b + c, Math.min(b, c)];
  if (trials === 0) return { exact: 1, midP: 1, statistic: 0, chiSquare: 1 };
  const below = binomialCdf(fewer, trials, 0.5);
  const statistic = Math.max(0, Math.abs(b - c) - 1) ** 2 / trials;
  return {
    exact: Math.min(1, 2 * below),
    midP: Math.min(1, 2 * below - binomialProbability(fewer, trials, 0.5)),
    statistic,
    chiSquare: chiSquareSurvival(statistic, 1),
  };
}

/**
 * Interval of the difference of two shares on the same rows: normal, with half a row added to each of the four cells (Agresti and Min
 * 2005, Statistics in Medicine 24:729-740), which holds its level where few rows differ.
 */
export function pairedDifferenceInterval(
  { onlyBaseline, onlyCandidate }: Discordant,
  rows: number,
  level: number,
): Interval {
  const [b, c, n] = [onlyBaseline + 0.5, onlyCandidate + 0.5, rows + 2];
  const difference = (c - b) / n;
  const spread = (normalQuantile(0.5 + level / 2) * Math.sqrt(b + c - (c - b) ** 2 / n)) / n;
  return [Math.max(-1, difference - spread), Math.min(1, difference + spread)];
}
