import type { Interval } from '../metric.ts';
import { alwaysValidInterval, alwaysValidPValue } from './always-valid.ts';
import {
  type Difference,
  type Estimate,
  normalDifference,
  relativeDifference,
  shareDifference,
  welchDifference,
} from './difference.ts';
import type { Moments } from './moments.ts';
import { inWords } from './numbers-in-words.ts';

export interface AbTestSettings {
  /** The arm that the others are compared with; null: one named control, holdout, baseline … or a, else the first by name. */
  readonly control: string | null;
  /** Planned shares by arm, in any unit, for the sample-ratio check; null: all the same. */
  readonly plannedShares: Readonly<Record<string, number>> | null;
  /** Rows at which the always-valid interval is to be tightest; to be fixed before the test. */
  readonly plannedRows: number;
}

/** One treatment against the control. */
export interface ArmComparison {
  readonly arm: string;
  readonly main: Difference;
  readonly relative: { readonly value: number; readonly interval: Interval | null } | null;
  /** The difference of means with what the covariate explains taken away; null without covariate. */
  readonly cuped: Difference | null;
  /** By which share CUPED made the difference's variance smaller. */
  readonly varianceReduction: number | null;
  readonly alwaysValid: { readonly interval: Interval | null; readonly pValue: number | null };
  readonly warnings: readonly string[];
}

interface Shape {
  readonly hasCovariate: boolean;
  readonly hasDenominator: boolean;
  readonly level: number;
}

export function compareArm(
  arm: string,
  control: Moments,
  treatment: Moments,
  settings: AbTestSettings,
  { hasCovariate, hasDenominator, level }: Shape,
): ArmComparison {
  const areShares = !hasDenominator && control.isBinary && treatment.isBinary;
  const estimate = hasDenominator ? ratioEstimate : areShares ? shareEstimate : meanEstimate;
  const estimates = [estimate(control), estimate(treatment)] as const;
  const main = differenceOf(control, treatment, estimates, areShares, hasDenominator, level);
  const cuped = hasCovariate && !hasDenominator ? cupedDifference(control, treatment, level) : null;
  const look = {
    difference: main.difference,
    standardError: main.standardError,
    rows: control.count + treatment.count,
    plannedRows: settings.plannedRows,
  };
  return {
    arm,
    main,
    relative: relativeDifference(...estimates, level),
    cuped,
    varianceReduction:
      cuped !== null && main.standardError > 0 ? 1 - (cuped.standardError / main.standardError) ** 2 : null,
    alwaysValid: { interval: alwaysValidInterval(look, level), pValue: alwaysValidPValue(look, level) },
    warnings: areShares ? fewConversions(arm, control, treatment) : [],
  };
}

function differenceOf(
  control: Moments,
  treatment: Moments,
  estimates: readonly [Estimate, Estimate],
  areShares: boolean,
  areRatios: boolean,
  level: number,
): Difference {
  if (areRatios) return normalDifference(...estimates, level);
  if (!areShares) return welchDifference(...estimates, level);
  return shareDifference(shareOf(control), shareOf(treatment), level);
}

function shareOf(sums: Moments) {
  return { successes: sums.total, count: sums.count };
}

function shareEstimate(sums: Moments): Estimate {
  const share = sums.mean;
  return { value: share, variance: (share * (1 - share)) / sums.count, count: sums.count };
}

export function meanEstimate(sums: Moments): Estimate {
  return { value: sums.mean, variance: sums.variance / sums.count, count: sums.count };
}

/**
 * Ratio of the means of y and d, with R for it: variance (var y - 2 R cov(y, d) + R² var d) / (n · mean(d)²) (delta method; Deng
 * et al. 2018). No number where the denominator's mean is 0.
 */
export function ratioEstimate(sums: Moments): Estimate {
  const ratio = sums.mean / sums.denominatorMean;
  const spread = sums.variance - 2 * ratio * sums.denominatorCovariance + ratio ** 2 * sums.denominatorVariance;
  return { value: ratio, variance: Math.max(0, spread) / (sums.count * sums.denominatorMean ** 2), count: sums.count };
}

/**
 * Welch's test of y - θ x, with θ = cov(y, x) / var(x) pooled within the arms, so that the treatment's effect is not in it
 * (CUPED; Deng, Xu, Kohavi and Walker 2013, WSDM). x must be from before the test. Where x does not vary, θ is 0.
 */
export function cupedDifference(control: Moments, treatment: Moments, level: number): Difference {
  const spread = weighted(control, treatment, (sums) => sums.covariateVariance);
  const theta = spread > 0 ? weighted(control, treatment, (sums) => sums.covariance) / spread : 0;
  const adjusted = (sums: Moments): Estimate => {
    const variance = sums.variance - 2 * theta * sums.covariance + theta ** 2 * sums.covariateVariance;
    return {
      value: sums.mean - theta * sums.covariateMean,
      variance: Math.max(0, variance) / sums.count,
      count: sums.count,
    };
  };
  return welchDifference(adjusted(control), adjusted(treatment), level);
}

function weighted(control: Moments, treatment: Moments, of: (sums: Moments) => number): number {
  return (control.count - 1) * of(control) + (treatment.count - 1) * of(treatment);
}

/** Conversions under which the test of two shares is no longer to be relied on. */
const FEW_CONVERSIONS = 5;

function fewConversions(arm: string, control: Moments, treatment: Moments): string[] {
  const least = Math.min(...[control, treatment].flatMap((sums) => [sums.total, sums.count - sums.total]));
  if (least >= FEW_CONVERSIONS) return [];
  return [`"${arm}": an arm has only ${inWords(least, 0)} of one outcome; the p-value is a rough one.`];
}
