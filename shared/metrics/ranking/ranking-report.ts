import { studentTQuantile } from '../../core/distributions.ts';
import type { Curve, Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import type { KeptRows } from '../kept-rows.ts';
import type { MeanSums } from '../mean-sums.ts';
import { type Interval, type Metric, type Metrics, noMetric } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import { itemQuality } from './item-quality.ts';
import type { ItemTable } from './item-table.ts';
import { QUERY_METRICS } from './query-quality.ts';
import type { RankingSettings } from './settings.ts';

/** What was gathered; `means` has one value a depth and query metric, those of the first depth first. */
export interface RankingFigures {
  readonly settings: RankingSettings;
  readonly queries: number;
  readonly judged: number;
  readonly means: readonly MeanSums[];
  readonly kept: KeptRows;
  readonly items: ItemTable;
}

const NOTHING_JUDGED = 'no query has a relevant item';

/**
 * Means over the queries that have a relevant item (a query without one has no recall or nDCG; scikit-learn would count 0), and
 * metrics over items from all queries. Intervals of means: the bootstrap over queries as long as they are kept, else Student's;
 * of the hit rate, a share, Wilson's.
 */
export function reportRanking(figures: RankingFigures, intervals: IntervalOptions): Evaluation {
  const { settings, queries, judged } = figures;
  const metrics: Record<string, Metric> = { count: { value: queries }, judgedCount: { value: judged } };
  const resampled = intervals.method === 'bootstrap' && judged > 1 ? figures.kept.meanIntervals(intervals) : undefined;
  settings.k.forEach((depth, depthIndex) => {
    QUERY_METRICS.forEach((name, i) => {
      const at = depthIndex * QUERY_METRICS.length + i;
      metrics[`${name}@${depth}`] = meanMetric(name, figures.means[at] as MeanSums, resampled?.[at], intervals);
    });
    const totals = { queries, catalogueSize: settings.catalogueSize };
    for (const [name, metric] of Object.entries(itemQuality(figures.items, depthIndex, totals))) {
      metrics[`${name}@${depth}`] = metric;
    }
  });
  return {
    metrics,
    tables: { depths: depthsTable(settings.k, metrics) },
    ...(settings.k.length > 1 ? { curves: { depths: depthsCurve(settings.k, metrics) } } : {}),
    warnings: warningsOf(figures),
  };
}

function meanMetric(
  name: (typeof QUERY_METRICS)[number],
  sums: MeanSums,
  resampled: Interval | undefined,
  { method, level }: IntervalOptions,
): Metric {
  if (sums.rows === 0) return noMetric(NOTHING_JUDGED);
  const value = sums.mean;
  if (method === 'none') return { value };
  if (name === 'hitRate') return { value, interval: shareInterval(value, sums.rows, level), intervalMethod: 'wilson' };
  if (resampled) return { value, interval: resampled, intervalMethod: 'bootstrap' };
  const interval = studentInterval(sums, level);
  return interval ? { value, interval, intervalMethod: 'student' } : { value };
}

/** mean ± t × its standard error, within 0 and 1; none where all values are equal, which says nothing of the uncertainty. */
function studentInterval(sums: MeanSums, level: number): Interval | undefined {
  if (sums.rows < 2 || !(sums.standardError > 0)) return undefined;
  const spread = studentTQuantile(0.5 + level / 2, sums.rows - 1) * sums.standardError;
  return [Math.max(0, sums.mean - spread), Math.min(1, sums.mean + spread)];
}

const TABLE_METRICS = [...QUERY_METRICS, 'coverage', 'novelty', 'diversity', 'gini', 'popularityBias'] as const;

function depthsTable(depths: readonly number[], metrics: Metrics): Table {
  return {
    title: 'By depth',
    columns: ['k', ...TABLE_METRICS],
    rows: depths.map((depth) => [depth, ...TABLE_METRICS.map((name) => metrics[`${name}@${depth}`]?.value ?? null)]),
  };
}

function depthsCurve(depths: readonly number[], metrics: Metrics): Curve {
  const lines = QUERY_METRICS.map((name) => {
    const known = depths.flatMap((depth): [number, number][] => {
      const value = metrics[`${name}@${depth}`]?.value ?? null;
      return value === null ? [] : [[depth, value]];
    });
    return { name, x: known.map(([x]) => x), y: known.map(([, y]) => y) };
  });
  return { title: 'Quality by depth', xLabel: 'k', yLabel: 'Mean over queries', lines };
}

function warningsOf({ settings, queries, judged, items }: RankingFigures): readonly string[] {
  const warnings: string[] = [];
  if (queries > judged)
    warnings.push(`${queries - judged} of ${queries} queries have no relevant item: they are in no mean.`);
  if (items.level > 0) {
    warnings.push(
      `Items are counted from a sample of 1 in ${2 ** items.level}: coverage is an estimate, novelty, diversity, gini and popularityBias are left out.`,
    );
  }
  const { catalogueSize } = settings;
  if (catalogueSize !== null && items.items * 2 ** items.level > catalogueSize) {
    warnings.push(
      `The rows name more items than catalogueSize, ${catalogueSize}: those named were taken for the catalogue.`,
    );
  }
  return warnings;
}
