import type { CampaignSettings } from './campaign-settings.ts';
import { type Difference, type Estimate, relativeDifference, shareDifference, welchDifference } from './difference.ts';
import type { Moments } from './moments.ts';

/** What rows of a campaign told besides who converted. */
export interface Known {
  readonly revenue: boolean;
  readonly cost: boolean;
}

/** What one treatment did against the control, per customer. */
export interface CampaignEffect {
  readonly arm: string;
  /** Customers of the treatment and the control. */
  readonly customers: number;
  readonly conversions: Difference;
  readonly relative: ReturnType<typeof relativeDifference>;
  /** Null where neither rows nor settings say what a sale brings. */
  readonly revenue: Difference | null;
  /** Margin times revenue less cost; null where revenue or cost is not known. */
  readonly profit: Difference | null;
  /** What a treated customer costs more than one of the control; null where not known. */
  readonly cost: number | null;
}

/**
 * Sums of a campaign: y is the revenue, x the cost, d 1 where the customer converted. Conversions are compared as two shares,
 * money by Welch's test, of each customer's margin times revenue less cost.
 */
export function campaignEffect(
  arm: string,
  control: Moments,
  treatment: Moments,
  known: Known,
  settings: CampaignSettings,
  level: number,
): CampaignEffect {
  const hasValue = known.revenue || settings.valuePerConversion !== null;
  const hasCost = known.cost || settings.costPerCustomer !== null;
  const fixedCost = known.cost ? 0 : (settings.costPerCustomer ?? 0);
  const profitOf = (sums: Moments, cost: number) => profitEstimate(sums, settings.margin, cost);
  return {
    arm,
    customers: control.count + treatment.count,
    conversions: shareDifference(sharesOf(control), sharesOf(treatment), level),
    relative: relativeDifference(rateEstimate(control), rateEstimate(treatment), level),
    revenue: hasValue ? welchDifference(revenueEstimate(control), revenueEstimate(treatment), level) : null,
    profit: hasValue && hasCost ? welchDifference(profitOf(control, 0), profitOf(treatment, fixedCost), level) : null,
    cost: hasCost ? treatment.covariateMean - control.covariateMean + fixedCost : null,
  };
}

export function sharesOf(sums: Moments): { successes: number; count: number } {
  return { successes: sums.denominatorTotal, count: sums.count };
}

function rateEstimate(sums: Moments): Estimate {
  const rate = sums.denominatorMean;
  return { value: rate, variance: (rate * (1 - rate)) / sums.count, count: sums.count };
}

function revenueEstimate(sums: Moments): Estimate {
  return { value: sums.mean, variance: sums.variance / sums.count, count: sums.count };
}

function profitEstimate(sums: Moments, margin: number, fixedCost: number): Estimate {
  const variance = margin ** 2 * sums.variance - 2 * margin * sums.covariance + sums.covariateVariance;
  return {
    value: margin * sums.mean - sums.covariateMean - fixedCost,
    variance: Math.max(0, variance) / sums.count,
    count: sums.count,
  };
}
