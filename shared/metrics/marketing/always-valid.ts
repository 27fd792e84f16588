import type { Interval } from '../metric.ts';

/** An estimate that is looked at while rows still come. */
export interface Look {
  readonly difference: number;
  readonly standardError: number;
  /** Rows behind the estimate so far, all arms together. */
  readonly rows: number;
  /** Rows at which the interval is to be tightest: where the test is planned to end. Fixed before the first look. */
  readonly plannedRows: number;
}

/**
 * An interval that holds its level at all looks together, so that a test may be looked at daily and stopped at any time: the
 * normal mixture of Robbins (1970), asymptotic as in Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, Annals of Statistics
 * 52:2613), and the same as the mixture sequential probability ratio test of Johari et al. (2017, KDD). With v =
 * rows · ρ²: difference ± standardError · √((1 + 1/v) · (log(1 + v) - 2 log α)), where ρ² = (-2 log α + log(-2 log α) + 1) /
 * plannedRows. Null where nothing varies.
 */
export function alwaysValidInterval(look: Look, level: number): Interval | null {
  if (!(look.standardError > 0)) return null;
  const v = mixtureRows(look, 1 - level);
  const reach = look.standardError * Math.sqrt((1 + 1 / v) * (Math.log1p(v) - 2 * Math.log(1 - level)));
  return [look.difference - reach, look.difference + reach];
}

/** The p-value that goes with it: the level of the narrowest such interval, with the mixture of `level`, that leaves 0 out. */
export function alwaysValidPValue(look: Look, level: number): number | null {
  if (!(look.standardError > 0)) return null;
  const v = mixtureRows(look, 1 - level);
  const z2 = (look.difference / look.standardError) ** 2;
  return Math.min(1, Math.exp(0.5 * (Math.log1p(v) - (z2 * v) / (1 + v))));
}

function mixtureRows({ rows, plannedRows }: Look, alpha: number): number {
  const odds = -2 * Math.log(alpha);
  return (rows * (odds + Math.log(odds) + 1)) / plannedRows;
}
