import { normalQuantile } from '../../core/distributions.ts';
import type { Interval, Metric } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';

/** A group's share of something, from `trials` rows (the effective number where rows have weights). */
export interface GroupRate {
  readonly group: string;
  readonly share: number;
  readonly trials: number;
}

/** Trials behind a share with Wilson's interval at `level`; undefined where it has none. */
export function trialsOf({ value, interval }: Metric, level: number): number | undefined {
  if (value === null || interval === undefined) return undefined;
  const width = interval[1] - interval[0];
  if (!(width > 0 && width < 1)) return undefined;
  const z = normalQuantile(0.5 + level / 2);
  // With u = 1 / trials, width (1 + z²u) = 2z √(p(1 - p)u + z²u²/4) is a quadratic of one positive root.
  const a = z ** 4 * (width * width - 1);
  const b = 2 * z * z * (width * width - 2 * value * (1 - value));
  const c = width * width;
  const root = Math.sqrt(b * b - 4 * a * c);
  const u = b < 0 ? (2 * c) / (root - b) : (-b - root) / (2 * a);
  return 1 / u;
}

/** Largest difference of two groups' shares. */
export function largestDifference(rates: readonly GroupRate[]): number {
  const shares = rates.map(({ share }) => share);
  return Math.max(...shares) - Math.min(...shares);
}

/** Least share over the largest; NaN where all are 0. */
export function leastRatio(rates: readonly GroupRate[]): number {
  const shares = rates.map(({ share }) => share);
  return Math.min(...shares) / Math.max(...shares);
}

/**
 * Interval of the largest difference over all `families` of rates. Each pair of groups has Newcombe's interval (1998, Stat. Med.
 * 17:873, method 10) at a level that all hold together (Bonferroni); if they do, the largest difference lies between the largest of
 * their lower and the largest of their upper edges. With two groups it is Newcombe's interval itself; with many it is on the wide
 * side.
 */
export function differenceInterval(families: readonly (readonly GroupRate[])[], level: number): Interval {
  const pairLevel = levelOfPair(families, level);
  let [lower, upper] = [0, 0];
  for (const rates of families) {
    const bounded = rates.map(({ share, trials }) => ({ share, interval: shareInterval(share, trials, pairLevel) }));
    for (const a of bounded) {
      for (const b of bounded) {
        if (a === b) continue;
        const difference = a.share - b.share;
        lower = Math.max(lower, difference - Math.hypot(a.share - a.interval[0], b.interval[1] - b.share));
        upper = Math.max(upper, difference + Math.hypot(a.interval[1] - a.share, b.share - b.interval[0]));
      }
    }
  }
  return [lower, Math.min(1, upper)];
}

/**
 * Interval of the least ratio over all `families`, in the same way from the intervals of each pair's ratio by Donner and Zou (2012,
 * Stat. Methods Med. Res. 21:347). Undefined where any ratio may be.
 */
export function ratioInterval(families: readonly (readonly GroupRate[])[], level: number): Interval | undefined {
  const pairLevel = levelOfPair(families, level);
  let [lower, upper] = [1, 1];
  for (const rates of families) {
    const bounded = rates.map(({ share, trials }) => ({ share, interval: shareInterval(share, trials, pairLevel) }));
    for (const a of bounded) {
      for (const b of bounded) {
        if (a === b) continue;
        const [low, high] = pairRatio(a, b);
        lower = Math.min(lower, low);
        upper = Math.min(upper, high);
      }
    }
  }
  return lower <= 0 && upper >= 1 ? undefined : [lower, upper];
}

interface BoundedShare {
  readonly share: number;
  readonly interval: Interval;
}

/** Of a's share to b's; both edges are roots of a quadratic, the lower in the form that does not cancel. */
function pairRatio(a: BoundedShare, b: BoundedShare): Interval {
  const product = a.share * b.share;
  const [lowA, highA] = a.interval.map((edge) => edge * (2 * a.share - edge)) as [number, number];
  const [lowB, highB] = b.interval.map((edge) => edge * (2 * b.share - edge)) as [number, number];
  const low = lowA / (product + Math.sqrt(Math.max(0, product * product - lowA * highB)));
  const high = (product + Math.sqrt(Math.max(0, product * product - highA * lowB))) / lowB;
  return [Number.isFinite(low) ? low : 0, Number.isFinite(high) ? high : Number.POSITIVE_INFINITY];
}

/** The level of each pair's interval at which all hold together with `level` (Bonferroni). */
function levelOfPair(families: readonly (readonly GroupRate[])[], level: number): number {
  const pairs = families.reduce((sum, rates) => sum + (rates.length * (rates.length - 1)) / 2, 0);
  return 1 - (1 - level) / pairs;
}
