import type { Table } from '../evaluation.ts';
import { type Known, sharesOf } from './campaign-effect.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import { scoreInterval } from './difference.ts';
import type { Moments } from './moments.ts';

/**
 * Each arm by itself: customers, sales, revenue, cost and profit (margin times revenue less cost) of all its customers together.
 * Money that neither rows nor settings tell is null. Where settings tell the cost of a customer, the control costs nothing.
 */
export function armTable(
  arms: readonly (readonly [string, Moments])[],
  control: string | null,
  known: Known,
  settings: CampaignSettings,
  level: number,
): Table {
  return {
    title: 'Arms',
    columns: ['arm', 'customers', 'conversions', 'conversionRate', 'lower', 'upper', 'revenue', 'cost', 'profit'],
    rows: arms.map(([name, sums]) => {
      const shares = sharesOf(sums);
      const [lower, upper] = scoreInterval(shares, level);
      const rate = shares.successes / shares.count;
      const revenue = known.revenue || settings.valuePerConversion !== null ? sums.total : null;
      const cost = costOf(name === control, sums, known, settings);
      const profit = revenue === null || cost === null ? null : settings.margin * revenue - cost;
      return [name, shares.count, shares.successes, rate, lower, upper, revenue, cost, profit];
    }),
  };
}

function costOf(isControl: boolean, sums: Moments, known: Known, { costPerCustomer }: CampaignSettings): number | null {
  if (known.cost) return sums.covariateTotal;
  if (costPerCustomer === null) return null;
  return isControl ? 0 : costPerCustomer * sums.count;
}
