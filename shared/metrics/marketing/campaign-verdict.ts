import type { CampaignEffect } from './campaign-effect.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import type { Difference } from './difference.ts';
import { intervalInWords, inWords } from './numbers-in-words.ts';
import { neededTimes } from './power.ts';

/** Beyond this many times the customers there were, a number would only pretend to know. */
const MOST_TIMES = 100;

/** What decides: profit where it is known, else revenue, else sales. */
export function decisive(effect: CampaignEffect): Difference {
  return effect.profit ?? effect.revenue ?? effect.conversions;
}

/** The p-value that decides; that of the sales where the money of nobody differs. */
export function decisivePValue(effect: CampaignEffect): number | null {
  return decisive(effect).pValue ?? effect.conversions.pValue;
}

/**
 * Customers needed beyond those there were, in the same division, to find an effect as large as the estimated one; 0 where it was
 * found, null where the effect is 0 or would need more than 100 times the customers. `alpha` is that of one comparison of
 * several.
 */
export function furtherCustomers(
  effect: CampaignEffect,
  isFound: boolean,
  alpha: number,
  power: number,
): number | null {
  if (isFound) return 0;
  const { difference, standardError } = decisive(effect);
  const times = neededTimes(difference, standardError, power, alpha);
  return times <= MOST_TIMES ? Math.ceil(effect.customers * (times - 1)) : null;
}

/**
 * The sentence for who has to decide: `The mail sold 1.20 more per 1,000 customers (95 %: 0.40 to 2.00): worth its cost.`
 * `adjusted` is the deciding p-value after the correction for several arms, of which there are `treatments`.
 */
export function verdict(
  subject: string,
  effect: CampaignEffect,
  adjusted: number | null,
  level: number,
  settings: CampaignSettings,
  treatments: number,
): string {
  const { difference, interval } = effect.conversions;
  const per1000 = Math.abs(difference * 1000);
  const range = interval === null ? '' : ` (${intervalInWords([interval[0] * 1000, interval[1] * 1000], level, 2)})`;
  const sold = `${subject} sold ${inWords(per1000, 2)} ${difference < 0 ? 'fewer' : 'more'} per 1,000 customers${range}`;
  const isFound = adjusted !== null && adjusted < 1 - level;
  return `${sold}: ${isFound ? found(effect, settings) : notFound(effect, (1 - level) / treatments, settings)}.`;
}

function found(effect: CampaignEffect, settings: CampaignSettings): string {
  const { profit, revenue, conversions, cost } = effect;
  if (profit !== null) return profit.difference > 0 ? 'worth its cost' : 'not worth its cost';
  if (decisive(effect).difference < 0) return 'not worth any cost';
  if (revenue !== null) {
    const surely = settings.margin * Math.max(0, revenue.interval?.[0] ?? 0);
    return `worth its cost where addressing a customer costs less than ${inWords(surely, 2)}`;
  }
  const surelySold = Math.max(0, conversions.interval?.[0] ?? 0);
  if (cost !== null && surelySold > 0)
    return `worth its cost where a sale brings more than ${inWords(cost / surelySold, 2)}`;
  return 'it works; whether it is worth its cost depends on what it costs and what a sale brings';
}

function notFound(effect: CampaignEffect, alpha: number, settings: CampaignSettings): string {
  const further = furtherCustomers(effect, false, alpha, settings.power);
  const needed =
    further === null
      ? `even ${MOST_TIMES} times as many customers would hardly show an effect of this size`
      : `about ${inWords(roughly(further), 0)} more customers would be needed to be sure of an effect of this size`;
  return `not enough data; ${needed}`;
}

/** Two digits: the estimate is no better. */
function roughly(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.ceil(count / unit) * unit;
}

/** `It earned 412.31 more per 1,000 customers after cost (95 %: 120.05 to 704.57).`; null where money is not known. */
export function moneySentence(subject: string, effect: CampaignEffect, level: number): string | null {
  const money = effect.profit ?? effect.revenue;
  if (money === null || money.interval === null) return null;
  const verb = effect.profit === null ? 'brought in' : 'earned';
  const end = effect.profit === null ? '' : ' after its cost';
  const amount = inWords(Math.abs(money.difference * 1000), 2);
  const range = intervalInWords([money.interval[0] * 1000, money.interval[1] * 1000], level, 2);
  return `${subject} ${verb} ${amount} ${money.difference < 0 ? 'less' : 'more'} per 1,000 customers${end} (${range}).`;
}
