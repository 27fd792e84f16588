import type { Curve, Evaluation, IntervalOptions, Line, Table } from '../evaluation.ts';
import { type Interval, type Metric, metricOf, noMetric } from '../metric.ts';
import { binaryCell, numberCell, shown } from '../read-cell.ts';
import type { RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import { estimated } from './comparison-metrics.ts';
import { type Difference, shareDifference } from './difference.ts';
import { intervalInWords, inWords } from './numbers-in-words.ts';
import { ScoreCells, type ScoreTable } from './score-cells.ts';
import {
  areaErrorBounds,
  areaOverRandom,
  cellsBetween,
  cellTotals,
  coarsened,
  curvePoints,
  normalisedUpliftArea,
  type Points,
  qiniCoefficient,
  qiniValue,
  relativeUpliftArea,
  upliftByBin,
} from './uplift-curves.ts';
import { bootstrapSpreads, MAX_SHUFFLED, permutationPValue, type Statistic } from './uplift-resampling.ts';

export interface UpliftSettings {
  /** Per cents of the customers, highest scores first, for `uplift@10` and the like. */
  readonly atPercents: readonly number[];
  /** Groups of equal size in the table by score. */
  readonly bins: number;
}

export const DEFAULT_UPLIFT_SETTINGS: UpliftSettings = { atPercents: [10, 20, 30, 50], bins: 10 };

/** Groups of scores that are resampled and permuted; more change an interval by less than its own noise. */
const RESAMPLED_GROUPS = 1_000;
const MAX_CURVE_POINTS = 200;

/**
 * A score of who is to be addressed, tried on customers of whom some were treated at random. `qini` and `auuc` are 0 for a random
 * ranking and 1 for the one that knows everything (scikit-uplift's `qini_auc_score` and `uplift_auc_score`); `auucRelative` is
 * 0.5 for a random one. `uplift@k` is the effect among the k per cent with the highest scores. Equal scores have no order: one
 * group divided in proportion.
 *
 * Edge cases: nobody treated or nobody in the control: all null; nobody or everybody bought: areas null. Up to 262,144 different
 * scores the figures are exact; beyond, scores are cut to fewer digits, which a warning says.
 */
export const upliftTask: Task<UpliftSettings> = {
  name: 'uplift',
  columns: [
    {
      name: 'treatment',
      isRequired: true,
      description: 'Whether the customer was addressed: 1 or 0.',
      aliases: ['treated', 'trmnt', 'w', 't', 'istreated', 'mail'],
    },
    {
      name: 'outcome',
      isRequired: true,
      description: 'Whether the customer bought: 1 or 0.',
      aliases: ['y', 'ytrue', 'converted', 'conversion', 'response', 'target', 'visit'],
    },
    {
      name: 'score',
      isRequired: true,
      description: 'The predicted uplift; any number, higher is addressed first.',
      aliases: ['uplift', 'prediction', 'predicteduplift', 'upliftscore'],
    },
  ],
  start: (settings, size) => new UpliftState(settings, size, null),
  restore: (settings, size, saved) => new UpliftState(settings, size, saved),
};

class UpliftState implements TaskState {
  readonly #settings: UpliftSettings;
  readonly #cells: ScoreCells;

  constructor(settings: UpliftSettings, size: StateSize, saved: SavedState | null) {
    this.#settings = settings;
    this.#cells = new ScoreCells(size, saved);
  }

  add(row: RowRecord): string | null {
    const treatment = binaryCell(row['treatment']);
    if (treatment === undefined) return `treatment: expected 0 or 1, got ${shown(row['treatment'])}`;
    const outcome = binaryCell(row['outcome']);
    if (outcome === undefined) return `outcome: expected 0 or 1, got ${shown(row['outcome'])}`;
    const score = numberCell(row['score']);
    if (score === undefined) return `score: expected a number, got ${shown(row['score'])}`;
    this.#cells.add(score, 2 * treatment + outcome);
    return null;
  }

  /** Whole columns, as from parsed arrays; all of one length, treatments and outcomes 0 or 1, scores finite. */
  addArrays(treatments: ArrayLike<number>, outcomes: ArrayLike<number>, scores: ArrayLike<number>): void {
    for (let row = 0; row < scores.length; row++) {
      this.#cells.add(scores[row] as number, 2 * (treatments[row] as number) + (outcomes[row] as number));
    }
  }

  merge(later: TaskState): void {
    this.#cells.merge((later as UpliftState).#cells);
  }

  save(): SavedState {
    return this.#cells.save();
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    const table = this.#cells.table;
    const [c0, c1, t0, t1] = cellTotals(table.counts);
    const rows = c0 + c1 + t0 + t1;
    if (t0 + t1 === 0 || c0 + c1 === 0) {
      const reason =
        rows === 0 ? 'there are no rows' : t0 + t1 === 0 ? 'nobody was treated' : 'nobody was left untreated';
      const names = ['qini', 'auuc', 'auucRelative', 'averageEffect'];
      return { metrics: Object.fromEntries(names.map((name) => [name, noMetric(reason)])), warnings: [`${reason}.`] };
    }
    const { areas, pValue } = areaMetrics(table, intervals);
    const effects = this.#effects(table, rows, intervals);
    return {
      metrics: { ...areas, permutationPValue: pValue, ...effects.metrics },
      summary: [sentence(effects.top, effects.topPercent, effects.average, pValue, intervals.level)],
      tables: { percentiles: percentileTable(table, Math.min(this.#settings.bins, rows), intervals.level) },
      curves: { qini: qiniCurve(table) },
      warnings: warningsOf(table, pValue),
    };
  }

  #effects(table: ScoreTable, rows: number, intervals: IntervalOptions) {
    const top = (percent: number) =>
      effectOf(cellsBetween(table.counts, 0, Math.floor((rows * percent) / 100)), intervals.level);
    const asMetric = (effect: Difference | null): Metric =>
      effect === null
        ? noMetric('nobody was treated, or nobody left untreated, among these customers')
        : estimated(effect.difference, effect.interval, effect.method, intervals);
    const average = effectOf(cellTotals(table.counts), intervals.level);
    const topPercent = this.#settings.atPercents[0] ?? 10;
    const at = this.#settings.atPercents.map((percent) => [`uplift@${percent}`, asMetric(top(percent))] as const);
    return {
      metrics: { averageEffect: asMetric(average), ...Object.fromEntries(at) },
      average,
      top: top(topPercent),
      topPercent,
    };
  }
}

/** The effect within some cells; null where there is nobody to compare. */
function effectOf([c0, c1, t0, t1]: [number, number, number, number], level: number): Difference | null {
  if (t0 + t1 === 0 || c0 + c1 === 0) return null;
  return shareDifference({ successes: c1, count: c0 + c1 }, { successes: t1, count: t0 + t1 }, level);
}

function areaMetrics(table: ScoreTable, intervals: IntervalOptions): { areas: Record<string, Metric>; pValue: Metric } {
  const statistics: Record<string, Statistic> = {
    qini: qiniCoefficient,
    auuc: normalisedUpliftArea,
    auucRelative: relativeUpliftArea,
  };
  const names = Object.keys(statistics);
  const reasons: Record<string, string> = { auucRelative: 'the effect on all customers together is 0' };
  const bounds: Record<string, number> = table.relativeError > 0 ? areaErrorBounds(table.counts) : {};
  const values = names.map((name) => {
    const metric = metricOf(
      statistics[name]?.(table.counts) ?? Number.NaN,
      reasons[name] ?? 'nobody or everybody bought',
    );
    const errorBound = bounds[name];
    return metric.value === null || errorBound === undefined ? metric : { ...metric, errorBound };
  });
  if (intervals.method === 'none' || values[0]?.value === null) {
    const pValue = noMetric(intervals.method === 'none' ? 'no resampling was asked for' : 'nobody or everybody bought');
    return { areas: Object.fromEntries(names.map((name, index) => [name, values[index] as Metric])), pValue };
  }
  // No formula is known to hold for these areas: they are resampled where formulas are asked for as well.
  const groups = coarsened(table, RESAMPLED_GROUPS);
  const area: Statistic = (counts) => areaOverRandom(counts, qiniValue);
  const spreads = bootstrapSpreads(groups, [...names.map((name) => statistics[name] as Statistic), area], intervals);
  const areas = names.map((name, index) => [
    name,
    withDeviations(values[index] as Metric, spreads[index]?.deviations ?? null),
  ]);
  const tested = permutationPValue(
    table.counts,
    intervals.draws,
    intervals.seed,
    spreads.at(-1)?.standardError ?? Number.NaN,
  );
  return { areas: Object.fromEntries(areas), pValue: metricOf(tested.value, 'nothing varies') };
}

function withDeviations(metric: Metric, deviations: Interval | null): Metric {
  if (metric.value === null || deviations === null) return metric;
  const interval: Interval = [metric.value + deviations[0], metric.value + deviations[1]];
  return { ...metric, interval, intervalMethod: 'bootstrap' };
}

function sentence(
  top: Difference | null,
  percent: number,
  average: Difference | null,
  pValue: Metric,
  level: number,
): string {
  const ranks = pValue.value !== null && pValue.value < 1 - level;
  const verdict = ranks
    ? 'The score finds whom the campaign moves'
    : 'The score is not shown to find whom the campaign moves';
  if (top === null || average === null || top.interval === null) return `${verdict}.`;
  const per1000 = (value: number) => inWords(value * 1000, 2);
  const range = intervalInWords([top.interval[0] * 1000, top.interval[1] * 1000], level, 2);
  const found = `the ${percent} % with the highest scores bought ${per1000(top.difference)} more per 1,000 (${range})`;
  return `${verdict}: ${found}, all together ${per1000(average.difference)}.`;
}

function warningsOf(table: ScoreTable, pValue: Metric): string[] {
  const warnings: string[] = [];
  if (table.relativeError > 0) {
    const digits = table.relativeError.toExponential(0);
    warnings.push(`There are very many different scores; they are told apart to ${digits} of their size.`);
  }
  const rows = cellTotals(table.counts).reduce((sum, count) => sum + count, 0);
  if (pValue.value !== null && rows > MAX_SHUFFLED)
    warnings.push('permutationPValue is by the normal distribution, as there are many rows.');
  return warnings;
}

function percentileTable(table: ScoreTable, bins: number, level: number): Table {
  const rate = (sales: number, customers: number) => (customers === 0 ? null : sales / customers);
  return {
    title: 'Uplift by score, the highest first',
    columns: ['percentile', 'treated', 'control', 'treatedRate', 'controlRate', 'uplift', 'lower', 'upper'],
    rows: upliftByBin(table.counts, bins).map((cells, bin) => {
      const [c0, c1, t0, t1] = cells;
      const effect = effectOf(cells, level);
      const name = `${Math.round((100 * bin) / bins)}-${Math.round((100 * (bin + 1)) / bins)}`;
      const figures = [effect?.difference ?? null, effect?.interval?.[0] ?? null, effect?.interval?.[1] ?? null];
      return [name, t0 + t1, c0 + c1, rate(t1, t0 + t1), rate(c1, c0 + c1), ...figures];
    }),
  };
}

function qiniCurve(table: ScoreTable): Curve {
  const points = curvePoints(table.counts, qiniValue);
  const last = points.x.length - 1;
  const end = [points.x[last] as number, points.y[last] as number] as const;
  return {
    title: 'Qini curve',
    xLabel: 'customers addressed, highest scores first',
    yLabel: 'sales gained',
    lines: [thinned('score', points), { name: 'at random', x: [0, end[0]], y: [0, end[1]], isReference: true }],
  };
}

function thinned(name: string, { x, y }: Points): Line {
  const last = x.length - 1;
  const points = Math.min(MAX_CURVE_POINTS, x.length);
  const places = Array.from({ length: points }, (_, i) => (points === 1 ? 0 : Math.round((i * last) / (points - 1))));
  return { name, x: places.map((place) => x[place] as number), y: places.map((place) => y[place] as number) };
}
