import type { Curve, Evaluation, IntervalOptions, Line, Table } from '../evaluation.ts';
import { type Metric, noMetric } from '../metric.ts';
import { estimated } from './comparison-metrics.ts';
import type { Difference } from './difference.ts';
import { intervalInWords, inWords } from './numbers-in-words.ts';
import { curvePoints, type Points, qiniValue, upliftValue } from './uplift-curves.ts';
import { armSizes, type UpliftOutcomes } from './uplift-outcomes.ts';
import { upliftProfit } from './uplift-profit.ts';
import { MAX_SHUFFLED } from './uplift-resampling.ts';
import type { UpliftSettings } from './uplift-settings.ts';

const MAX_CURVE_POINTS = 200;

/** What a score of uplift is worth; `warnings` say how far scores are told apart. */
export function evaluateUplift(
  outcomes: UpliftOutcomes,
  settings: UpliftSettings,
  intervals: IntervalOptions,
  warnings: readonly string[],
): Evaluation {
  const [control, treated] = armSizes(outcomes);
  const rows = control + treated;
  if (treated === 0 || control === 0) {
    const reason =
      rows === 0 ? 'there are no rows' : treated === 0 ? 'nobody was treated' : 'nobody was left untreated';
    const names = ['qini', 'auuc', 'auucRelative', 'averageEffect'];
    return { metrics: Object.fromEntries(names.map((name) => [name, noMetric(reason)])), warnings: [`${reason}.`] };
  }
  const { metrics: areas, pValue } = outcomes.areas(intervals);
  const effects = effectsOf(outcomes, settings, rows, intervals);
  const profit = profitOf(outcomes, settings, intervals);
  const isByNormal = pValue.value !== null && (settings.outcomeKind === 'amount' || rows > MAX_SHUFFLED);
  const because = settings.outcomeKind === 'amount' ? 'outcomes are amounts' : 'there are many rows';
  return {
    metrics: { ...areas, permutationPValue: pValue, ...effects.metrics, ...profit?.metrics },
    summary: [
      sentence(effects.top, effects.topPercent, effects.average, pValue, settings, intervals.level),
      ...(profit ? [profit.sentence] : []),
    ],
    tables: { percentiles: percentileTable(outcomes, settings, rows, intervals.level) },
    curves: { qini: qiniCurve(outcomes, settings), ...(profit ? { profit: profit.curve } : {}) },
    warnings: [...warnings, ...(isByNormal ? [`permutationPValue is by the normal distribution, as ${because}.`] : [])],
  };
}

function effectsOf(outcomes: UpliftOutcomes, settings: UpliftSettings, rows: number, intervals: IntervalOptions) {
  const top = (percent: number) => outcomes.among(0, Math.floor((rows * percent) / 100), intervals.level).effect;
  const asMetric = (effect: Difference | null): Metric =>
    effect === null
      ? noMetric('nobody was treated, or nobody left untreated, among these customers')
      : estimated(effect.difference, effect.interval, effect.method, intervals);
  const average = outcomes.among(0, rows, intervals.level).effect;
  const topPercent = settings.atPercents[0] ?? 10;
  const at = settings.atPercents.map((percent) => [`uplift@${percent}`, asMetric(top(percent))] as const);
  return {
    metrics: { averageEffect: asMetric(average), ...Object.fromEntries(at) },
    average,
    top: top(topPercent),
    topPercent,
  };
}

function profitOf(outcomes: UpliftOutcomes, settings: UpliftSettings, intervals: IntervalOptions) {
  const { valuePerOutcome, costPerContact } = settings;
  if (valuePerOutcome === null || costPerContact === null) return null;
  const { counts, scores, unit } = outcomes;
  const gained = curvePoints(counts, upliftValue);
  const inMoney = { valuePerOutcome, costPerContact };
  const effectAmong = (customers: number) => outcomes.among(0, customers, intervals.level).effect;
  return upliftProfit(
    { x: gained.x, y: gained.y.map((value) => value * unit) },
    scores,
    effectAmong,
    inMoney,
    intervals,
  );
}

function sentence(
  top: Difference | null,
  percent: number,
  average: Difference | null,
  pValue: Metric,
  { outcomeKind }: UpliftSettings,
  level: number,
): string {
  const ranks = pValue.value !== null && pValue.value < 1 - level;
  const verdict = ranks
    ? 'The score finds whom the campaign moves'
    : 'The score is not shown to find whom the campaign moves';
  if (top === null || average === null || top.interval === null) return `${verdict}.`;
  const per1000 = (value: number) => inWords(value * 1000, 2);
  const range = intervalInWords([top.interval[0] * 1000, top.interval[1] * 1000], level, 2);
  const verb = outcomeKind === 'binary' ? 'bought' : 'brought in';
  const found = `the ${percent} % with the highest scores ${verb} ${per1000(top.difference)} more per 1,000 (${range})`;
  return `${verdict}: ${found}, all together ${per1000(average.difference)}.`;
}

/** Parts of the customers by score, the first ones larger by one where they don't come out even. */
function percentileTable(outcomes: UpliftOutcomes, settings: UpliftSettings, rows: number, level: number): Table {
  const bins = Math.min(settings.bins, rows);
  const edge = (bin: number) => bin * Math.floor(rows / bins) + Math.min(bin, rows % bins);
  const what = settings.outcomeKind === 'binary' ? 'Rate' : 'Mean';
  return {
    title: 'Uplift by score, the highest first',
    columns: ['percentile', 'treated', 'control', `treated${what}`, `control${what}`, 'uplift', 'lower', 'upper'],
    rows: Array.from({ length: bins }, (_, bin) => {
      const part = outcomes.among(edge(bin), edge(bin + 1), level);
      const name = `${Math.round((100 * bin) / bins)}-${Math.round((100 * (bin + 1)) / bins)}`;
      const { effect } = part;
      const figures = [effect?.difference ?? null, effect?.interval?.[0] ?? null, effect?.interval?.[1] ?? null];
      return [name, part.treated, part.control, part.treatedMean, part.controlMean, ...figures];
    }),
  };
}

function qiniCurve({ counts, unit }: UpliftOutcomes, { outcomeKind }: UpliftSettings): Curve {
  const points = curvePoints(counts, qiniValue);
  const gained = { x: points.x, y: points.y.map((value) => value * unit) };
  const last = gained.x.length - 1;
  const end = [gained.x[last] as number, gained.y[last] as number] as const;
  return {
    title: 'Qini curve',
    xLabel: 'customers addressed, highest scores first',
    yLabel: outcomeKind === 'binary' ? 'sales gained' : 'amount gained',
    lines: [thinned('score', gained), { name: 'at random', x: [0, end[0]], y: [0, end[1]], isReference: true }],
  };
}

function thinned(name: string, { x, y }: Points): Line {
  const last = x.length - 1;
  const points = Math.min(MAX_CURVE_POINTS, x.length);
  const places = Array.from({ length: points }, (_, i) => (points === 1 ? 0 : Math.round((i * last) / (points - 1))));
  return { name, x: places.map((place) => x[place] as number), y: places.map((place) => y[place] as number) };
}
