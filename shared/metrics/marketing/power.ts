import { normalQuantile, normalSurvival } from '../../core/distributions.ts';

/** Two groups that are to be told apart by a two-sided test. */
export interface PlannedTest {
  /** Chance of finding a difference where there is none: 0.05 is usual. */
  readonly alpha: number;
  /** Rows of the treatment for each of the control. */
  readonly ratio: number;
}

/**
 * Chance of finding the difference between two means, as normal with known deviations (both tails counted; statsmodels'
 * `normal_power_het`). `controlRows` are those of the control.
 */
export function meansPower(
  difference: number,
  deviations: Deviations,
  controlRows: number,
  { alpha, ratio }: PlannedTest,
): number {
  return twoSidedPower(Math.abs(difference) / errorOf(deviations, controlRows, ratio), 1, alpha);
}

export interface Deviations {
  readonly control: number;
  readonly treatment: number;
}

/** Rows of the control needed to find a difference of means with that power. Infinite where the difference is 0. */
export function meansSampleSize(
  difference: number,
  deviations: Deviations,
  power: number,
  { alpha, ratio }: PlannedTest,
): number {
  const quantiles = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  return (quantiles / difference) ** 2 * (deviations.control ** 2 + deviations.treatment ** 2 / ratio);
}

/** The smallest difference of means that is found with that power. */
export function detectableDifference(
  deviations: Deviations,
  controlRows: number,
  power: number,
  { alpha, ratio }: PlannedTest,
): number {
  return (normalQuantile(1 - alpha / 2) + normalQuantile(power)) * errorOf(deviations, controlRows, ratio);
}

/**
 * Chance that the z test of two shares finds them different: the pooled variance under equality, each share's own otherwise, both
 * tails counted (Fleiss, Levin and Paik 2003, chapter 4, without continuity correction; statsmodels' `power_proportions_2indep`).
 */
export function sharesPower(
  control: number,
  treatment: number,
  controlRows: number,
  { alpha, ratio }: PlannedTest,
): number {
  const { pooled, own } = shareErrors(control, treatment, ratio);
  const root = Math.sqrt(controlRows);
  return twoSidedPower((Math.abs(treatment - control) * root) / own, pooled / own, alpha);
}

/** Rows of the control needed to tell two shares apart with that power, the far tail left out. Infinite where they are equal. */
export function sharesSampleSize(
  control: number,
  treatment: number,
  power: number,
  { alpha, ratio }: PlannedTest,
): number {
  const { pooled, own } = shareErrors(control, treatment, ratio);
  const needed = normalQuantile(1 - alpha / 2) * pooled + normalQuantile(power) * own;
  return (needed / (treatment - control)) ** 2;
}

/**
 * How many times as many rows would be needed, in the same division, to find an effect as large as the one estimated, with that
 * power; 1 where there are enough.
 */
export function neededTimes(difference: number, standardError: number, power: number, alpha: number): number {
  const quantiles = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  return Math.max(1, ((quantiles * standardError) / difference) ** 2);
}

function errorOf(deviations: Deviations, controlRows: number, ratio: number): number {
  return Math.sqrt((deviations.control ** 2 + deviations.treatment ** 2 / ratio) / controlRows);
}

/** Standard errors of the difference for one row of the control: pooled under equality, and of each share's own variance. */
function shareErrors(control: number, treatment: number, ratio: number): { pooled: number; own: number } {
  const share = (control + ratio * treatment) / (1 + ratio);
  return {
    pooled: Math.sqrt(share * (1 - share) * (1 + 1 / ratio)),
    own: Math.sqrt(control * (1 - control) + (treatment * (1 - treatment)) / ratio),
  };
}

/** `scale` is the error that the test assumes, relative to the true one. */
function twoSidedPower(distance: number, scale: number, alpha: number): number {
  const critical = normalQuantile(1 - alpha / 2) * scale;
  return normalSurvival(critical - distance) + normalSurvival(critical + distance);
}
