import { bootstrapCells, type CountedRows, cellResampler, effectiveRows } from '../bootstrap.ts';
import type { Curve, Evaluation, IntervalOptions } from '../evaluation.ts';
import {
  type BestCutOff,
  bestCutOff,
  type ProfitSettings,
  profitCurve,
  type ScoredOutcomes,
} from '../marketing/gains.ts';
import { intervalInWords, inWords } from '../marketing/numbers-in-words.ts';
import { type Interval, type Metric, type Metrics, noMetric } from '../metric.ts';
import { normalInterval } from '../normal-interval.ts';
import type { BinaryState } from './binary-state.ts';
import type { ScoreTotals } from './roc.ts';
import { groupedRows } from './score-metrics.ts';
import { scoredOutcomes } from './scored-outcomes.ts';

type State = Pick<BinaryState, 'scores' | 'settings' | 'size'>;

/** Groups of scores of which the bootstrap chooses cut-offs. */
const CHOICES = 200;

/**
 * The cut-off that earned most and what it earned, where settings say what a positive brings and a contact costs; nothing otherwise.
 * `bestProfit` is what it earned on these very rows, among which it was chosen, which flatters it; `expectedProfit` is what it is
 * to be expected to earn on as many others (bootstrap of whole states).
 */
export function binaryProfit(
  { scores, settings, size }: State,
  totals: ScoreTotals,
  intervals: IntervalOptions,
): Required<Pick<Evaluation, 'metrics' | 'curves' | 'summary'>> {
  const { valuePerPositive, costPerContact } = settings;
  if (valuePerPositive === null || costPerContact === null) return { metrics: {}, curves: {}, summary: [] };
  const names = ['bestCutOff', 'bestShare', 'bestProfit'];
  if (totals.positives + totals.negatives === 0) {
    const metrics = Object.fromEntries(names.map((name) => [name, noMetric('there are no rows')]));
    return { metrics, curves: {}, summary: [] };
  }
  const money = { valuePerPositive, costPerContact };
  const outcomes = scoredOutcomes(scores);
  const best = bestCutOff(outcomes, money);
  const found = profitInterval(best, totals, outcomes.walkDown, money, intervals);
  const isResampled = size === 'whole' && intervals.method === 'bootstrap' && best.score !== null;
  const expected = isResampled
    ? lessBy({ value: best.profit, ...found }, optimism(groupedRows(scores, totals, CHOICES), money, intervals))
    : null;
  const metrics: Metrics = {
    bestCutOff: best.score === null ? noMetric('addressing nobody is best') : { value: best.score },
    bestShare: { value: best.share },
    bestProfit: { value: best.profit, ...found, ...(scores.isExact ? {} : { errorBound: best.errorBound }) },
    ...(expected === null ? {} : { expectedProfit: expected }),
  };
  const curves: Record<string, Curve> = size === 'whole' ? { profit: profitCurve(outcomes, totals, money, best) } : {};
  return {
    metrics,
    curves,
    summary: size === 'whole' ? [sentence(best, totals, money, found.interval, expected, intervals.level)] : [],
  };
}

type WalkDown = ScoredOutcomes['walkDown'];

/**
 * What the chosen cut-off brings on other rows as many as these, the cut-off held fast: resampled are the rows addressed with and
 * without the outcome and the rest, as nothing else of a row matters; or the normal formula. That the cut-off was chosen on these
 * very rows is not in it.
 */
function profitInterval(
  { score, addressed }: BestCutOff,
  totals: ScoreTotals,
  walkDown: WalkDown,
  { valuePerPositive, costPerContact }: ProfitSettings,
  intervals: IntervalOptions,
): Pick<Metric, 'interval' | 'intervalMethod'> {
  if (score === null || intervals.method === 'none') return {};
  let squares = 0;
  walkDown((_, _p, _n, pp, nn) => {
    squares += pp + nn;
  });
  const weight = totals.positives + totals.negatives;
  const rest = [
    weight - addressed.positives - addressed.negatives,
    squares - addressed.positiveSquares - addressed.negativeSquares,
  ] as const;
  const worth = [valuePerPositive - costPerContact, -costPerContact, 0] as const;
  const profit = worth[0] * addressed.positives + worth[1] * addressed.negatives;
  if (intervals.method === 'analytic') {
    const each = profit / weight;
    const variance =
      addressed.positiveSquares * (worth[0] - each) ** 2 +
      addressed.negativeSquares * (worth[1] - each) ** 2 +
      Math.max(0, rest[1]) * each ** 2;
    const interval = variance > 0 ? normalInterval(profit, Math.sqrt(variance), intervals.level) : undefined;
    return interval === undefined ? {} : { interval, intervalMethod: 'normal' };
  }
  const cells = [
    effectiveRows(addressed.positives, addressed.positiveSquares),
    effectiveRows(addressed.negatives, addressed.negativeSquares),
    rest[0] > 0 && rest[1] > 0 ? effectiveRows(rest[0], rest[1]) : effectiveRows(0, 0),
  ];
  const ofDraw = ([p = 0, n = 0, others = 0]: Float64Array) => [
    ((worth[0] * p + worth[1] * n) / (p + n + others)) * weight,
  ];
  const [interval] = bootstrapCells(cells, ofDraw, intervals);
  return interval === undefined ? {} : { interval, intervalMethod: 'bootstrap' };
}

/**
 * By how much the choice of a cut-off flatters what it earned: the mean over resamples of what the best cut-off of the resample earns
 * there less what it earns here (Efron and Tibshirani 1993, section 17.6). Cells are positives and negatives of each group in turn,
 * from the greatest scores down.
 */
function optimism(
  cells: readonly CountedRows[],
  { valuePerPositive, costPerContact }: ProfitSettings,
  { draws, seed }: IntervalOptions,
): number {
  const here = Float64Array.from(cells, ({ rows, mean }) => rows * mean);
  const weight = here.reduce((sum, each) => sum + each, 0);
  const worth = (from: Float64Array, group: number) =>
    valuePerPositive * (from[group] as number) -
    costPerContact * ((from[group] as number) + (from[group + 1] as number));
  const resample = cellResampler(cells, seed);
  let flattered = 0;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = resample();
    const scale = weight / drawn.reduce((sum, each) => sum + each, 0);
    let [there, same, best, bestHere] = [0, 0, 0, 0];
    for (let group = 0; group < drawn.length; group += 2) {
      there += scale * worth(drawn, group);
      same += worth(here, group);
      if (there > best) [best, bestHere] = [there, same];
    }
    flattered += best - bestHere;
  }
  return Math.max(0, flattered / draws);
}

function lessBy(metric: Metric, amount: number): Metric {
  if (metric.value === null) return metric;
  const interval: Interval | undefined = metric.interval && [metric.interval[0] - amount, metric.interval[1] - amount];
  return { ...metric, value: metric.value - amount, ...(interval ? { interval } : {}) };
}

function sentence(
  { score, share, profit }: BestCutOff,
  totals: ScoreTotals,
  { valuePerPositive, costPerContact }: ProfitSettings,
  own: Interval | undefined,
  expected: Metric | null,
  level: number,
): string {
  if (score === null) return 'Address nobody: at no cut-off do the positives bring in more than the contacts cost.';
  const rows = totals.positives + totals.negatives;
  const all = valuePerPositive * totals.positives - costPerContact * rows;
  const interval = expected === null ? own : expected.interval;
  const range = interval === undefined ? '' : ` (${intervalInWords(interval, level, 2)})`;
  const whom =
    share === 1
      ? 'Address all'
      : `Address the ${inWords(100 * share, 1)} % with a score of at least ${Number(score.toPrecision(6))}`;
  const earned = `${whom}: that earned ${inWords(profit, 2)} on these ${inWords(rows, 0)} rows`;
  const ofAll = share === 1 ? '' : `, all of them ${inWords(all, 2)}`;
  const elsewhere =
    expected?.value == null
      ? `${range}${ofAll}; on others a little less, as the cut-off was chosen on these`
      : `${ofAll}; on as many others expect ${inWords(expected.value, 2)}${range}`;
  const doubt = interval !== undefined && interval[0] <= 0 ? ' That it earns anything at all is not shown.' : '';
  return `${earned}${elsewhere}.${doubt}`;
}
