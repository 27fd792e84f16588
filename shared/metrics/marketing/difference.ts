import { normalQuantile, normalSurvival, studentTQuantile, studentTSurvival } from '../../core/distributions.ts';
import type { Interval } from '../metric.ts';

/** A mean, a share or a ratio of one arm. */
export interface Estimate {
  readonly value: number;
  /** Variance of `value` itself, not of the rows. */
  readonly variance: number;
  readonly count: number;
}

/** One arm against another: `difference` is treatment minus control. */
export interface Difference {
  readonly difference: number;
  readonly standardError: number;
  readonly interval: Interval | null;
  /** Two-sided; null where nothing varies. */
  readonly pValue: number | null;
  readonly method: 'newcombe' | 'welch' | 'delta';
}

/**
 * Two shares: the pooled z test (Pearson's chi-square with one degree of freedom; statsmodels' `proportions_ztest`), and the
 * interval that joins both arms' score intervals (Newcombe 1998, Statistics in Medicine 17:873-890, method 10), which holds its
 * level for small shares. Both counts must be at least 1. Where all rows or none converted in both arms there is no p-value.
 */
export function shareDifference(control: ShareCount, treatment: ShareCount, level: number): Difference {
  const [p0, p1] = [control.successes / control.count, treatment.successes / treatment.count];
  const pooled = (control.successes + treatment.successes) / (control.count + treatment.count);
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / control.count + 1 / treatment.count));
  const difference = p1 - p0;
  const [low0, high0] = scoreInterval(control, level);
  const [low1, high1] = scoreInterval(treatment, level);
  return {
    difference,
    standardError: Math.sqrt((p0 * (1 - p0)) / control.count + (p1 * (1 - p1)) / treatment.count),
    interval: [difference - Math.hypot(p1 - low1, high0 - p0), difference + Math.hypot(high1 - p1, p0 - low0)],
    pValue: pooledError > 0 ? 2 * normalSurvival(Math.abs(difference) / pooledError) : null,
    method: 'newcombe',
  };
}

export interface ShareCount {
  readonly successes: number;
  readonly count: number;
}

/** Score interval of a share at any level (Wilson 1927, JASA 22:209-212). */
export function scoreInterval({ successes, count }: ShareCount, level: number): Interval {
  const z2 = normalQuantile(0.5 + level / 2) ** 2;
  const share = successes / count;
  const centre = share + z2 / (2 * count);
  const spread = Math.sqrt(z2 * ((share * (1 - share)) / count + z2 / (4 * count * count)));
  const scale = 1 + z2 / count;
  return [
    successes === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    successes === count ? 1 : Math.min(1, (centre + spread) / scale),
  ];
}

/**
 * Two means whose variances may differ (Welch 1947, Biometrika 34:28-35), degrees of freedom after Satterthwaite; SciPy's
 * `ttest_ind` with `equal_var=False`. Fewer than two rows in an arm: no interval and no p-value. Nothing varies: no p-value.
 */
export function welchDifference(control: Estimate, treatment: Estimate, level: number): Difference {
  const difference = treatment.value - control.value;
  const variance = control.variance + treatment.variance;
  const standardError = Math.sqrt(variance);
  const degrees =
    variance ** 2 / (control.variance ** 2 / (control.count - 1) + treatment.variance ** 2 / (treatment.count - 1));
  if (Number.isNaN(variance)) return { difference, standardError, interval: null, pValue: null, method: 'welch' };
  if (!(variance > 0)) {
    return { difference, standardError: 0, interval: [difference, difference], pValue: null, method: 'welch' };
  }
  const reach = studentTQuantile(0.5 + level / 2, degrees) * standardError;
  return {
    difference,
    standardError,
    interval: [difference - reach, difference + reach],
    pValue: 2 * studentTSurvival(Math.abs(difference) / standardError, degrees),
    method: 'welch',
  };
}

/**
 * Two ratios of means by the delta method, as normal (Deng et al. 2018, KDD, "Applying the delta method in metric analytics").
 */
export function normalDifference(control: Estimate, treatment: Estimate, level: number): Difference {
  const difference = treatment.value - control.value;
  const standardError = Math.sqrt(control.variance + treatment.variance);
  const isKnown = standardError > 0;
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  return {
    difference,
    standardError,
    interval: Number.isNaN(reach) ? null : [difference - reach, difference + reach],
    pValue: isKnown ? 2 * normalSurvival(Math.abs(difference) / standardError) : null,
    method: 'delta',
  };
}

/**
 * By how much the treatment is above the control as a share of the control: ratio - 1, its interval by the ratio's logarithm
 * (Katz et al. 1978, Biometrics 34:469-474; statsmodels' `confint_proportions_2indep` with `compare='ratio', method='log'`). Null
 * where the control is not above 0; without interval where the treatment is not.
 */
export function relativeDifference(
  control: Estimate,
  treatment: Estimate,
  level: number,
): { readonly value: number; readonly interval: Interval | null } | null {
  if (!(control.value > 0)) return null;
  const ratio = treatment.value / control.value;
  const logError = Math.sqrt(control.variance / control.value ** 2 + treatment.variance / treatment.value ** 2);
  const reach = normalQuantile(0.5 + level / 2) * logError;
  const isKnown = treatment.value > 0 && Number.isFinite(reach);
  return { value: ratio - 1, interval: isKnown ? [ratio * Math.exp(-reach) - 1, ratio * Math.exp(reach) - 1] : null };
}
