import type { Curve, IntervalOptions } from '../evaluation.ts';
import { type Interval, type Metrics, noMetric } from '../metric.ts';
import type { Difference } from './difference.ts';
import { intervalInWords, inWords } from './numbers-in-words.ts';
import type { Points } from './uplift-curves.ts';

export interface UpliftProfitSettings {
  /** What one outcome more brings: the value of a sale, or of amounts the share that is earned. */
  readonly valuePerOutcome: number;
  /** What treating one customer costs. */
  readonly costPerContact: number;
}

export interface UpliftProfit {
  readonly metrics: Metrics;
  readonly curve: Curve;
  readonly sentence: string;
}

/**
 * The profit of treating so many customers with the highest scores, of all customers there were: value times the effect among them
 * times their number, less the cost of treating them. The best cut-off is the best on these rows. Its interval is that of the effect
 * among the customers it chooses, the cut-off held fast; that it was chosen on these rows is not in it.
 *
 * `gained` is the effect times customers after each score (`upliftValue`), the scores in descending order.
 */
export function upliftProfit(
  gained: Points,
  scores: ArrayLike<number>,
  effectAmong: (customers: number) => Difference | null,
  { valuePerOutcome, costPerContact }: UpliftProfitSettings,
  intervals: IntervalOptions,
): UpliftProfit {
  const { x, y } = gained;
  const last = x.length - 1;
  const profit = Float64Array.from(
    x,
    (customers, i) => valuePerOutcome * (y[i] as number) - costPerContact * customers,
  );
  let best = 0;
  for (let i = 1; i < profit.length; i++) if ((profit[i] as number) > (profit[best] as number)) best = i;
  const [customers, all] = [x[best] as number, x[last] as number];
  const value = profit[best] as number;
  const effect = best === 0 ? null : effectAmong(customers);
  const worth = (rate: number) => customers * (valuePerOutcome * rate - costPerContact);
  const interval: Interval | null =
    effect?.interval && intervals.method !== 'none' ? [worth(effect.interval[0]), worth(effect.interval[1])] : null;
  const score = best === 0 ? null : (scores[best - 1] as number);
  return {
    metrics: {
      bestCutOff: score === null ? noMetric('treating nobody is best') : { value: score },
      bestShare: { value: customers / all },
      bestProfit: {
        value,
        ...(interval === null ? {} : { interval, intervalMethod: (effect as Difference).method }),
      },
    },
    curve: {
      title: 'Expected profit',
      xLabel: 'share of customers treated, highest scores first',
      yLabel: 'profit',
      lines: [
        {
          name: 'score',
          x: places(x.length, best).map((i) => (x[i] as number) / all),
          y: places(x.length, best).map((i) => profit[i] as number),
        },
        { name: 'at random', x: [0, 1], y: [0, profit[last] as number], isReference: true },
        { name: 'best cut-off', x: [customers / all, customers / all], y: [0, value], isReference: true },
      ],
    },
    sentence: sentence(score, customers, all, value, profit[last] as number, interval, intervals.level),
  };
}

function sentence(
  score: number | null,
  customers: number,
  all: number,
  profit: number,
  ofAll: number,
  interval: Interval | null,
  level: number,
): string {
  if (score === null) return 'Treat nobody: at no cut-off does the effect bring in more than it costs.';
  const range = interval === null ? '' : ` (${intervalInWords(interval, level, 2)})`;
  const whom =
    customers === all
      ? 'Treat all'
      : `Treat the ${inWords((100 * customers) / all, 1)} % with a score of at least ${Number(score.toPrecision(6))}`;
  const otherwise = customers === all ? '' : `, treating all ${inWords(ofAll, 2)}`;
  const doubt = interval === null || interval[0] <= 0 ? ' That it earns anything at all is not shown.' : '';
  return `${whom}: that earns ${inWords(profit, 2)} after its cost on these ${inWords(all, 0)} customers${range}${otherwise}; on others less, as the cut-off was chosen on these.${doubt}`;
}

const MAX_CURVE_POINTS = 200;

/** At most 200 places, the first, the last and the best among them. */
function places(count: number, best: number): number[] {
  const points = Math.min(MAX_CURVE_POINTS - 1, count);
  const even = Array.from({ length: points }, (_, i) =>
    points === 1 ? 0 : Math.round((i * (count - 1)) / (points - 1)),
  );
  return [...new Set([...even, best])].sort((a, b) => a - b);
}
