import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { DEFAULT_FAIRNESS_OPTIONS, fairnessOf } from './fairness.ts';

/**
 * A sliced evaluation of a binary classification with what `fairnessOf` says of each column of `columns` (of all that were sliced
 * where undefined): figures as `demographicParityDifference:sex`, so that gates can judge them, and the groups' table as
 * `fairness:sex`. Columns that were not sliced are left out.
 */
export function withFairness(
  evaluation: Evaluation,
  intervals: IntervalOptions,
  columns?: readonly string[],
  options = DEFAULT_FAIRNESS_OPTIONS,
): Evaluation {
  const slices = (evaluation.slices ?? []).filter(({ column }) => columns?.includes(column) ?? true);
  const found = slices.map((slice) => ({ column: slice.column, fairness: fairnessOf(slice, intervals, options) }));
  const metrics = found.flatMap(({ column, fairness }) =>
    Object.entries(fairness.metrics).map(([name, metric]) => [`${name}:${column}`, metric] as const),
  );
  const tables = found.flatMap(({ column, fairness }) =>
    Object.entries(fairness.tables ?? {}).map(([, table]) => [`fairness:${column}`, table] as const),
  );
  return {
    ...evaluation,
    metrics: { ...evaluation.metrics, ...Object.fromEntries(metrics) },
    summary: [...(evaluation.summary ?? []), ...found.flatMap(({ fairness }) => fairness.summary ?? [])],
    tables: { ...evaluation.tables, ...Object.fromEntries(tables) },
    warnings: [...evaluation.warnings, ...found.flatMap(({ fairness }) => fairness.warnings)],
  };
}
