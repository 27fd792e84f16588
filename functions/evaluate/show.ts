import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import type { Evaluation, IntervalOptions } from '../../shared/metrics/evaluation.ts';
import type { GateVerdict } from '../../shared/metrics/gates/gate.ts';
import { renderPlot } from '../../shared/report/plot.ts';
import type { ColumnMapping } from './columns.ts';
import type { RejectedRow, RowCounts } from './gather-rows.ts';
import type { PlannedDataset } from './plan.ts';
import type { EvaluatedModel } from './predicted-result.ts';
import { renderReport } from './report.ts';

/** An evaluation with what it was made from. */
export interface Result {
  /** Of an evaluation of stored objects. */
  readonly id?: string;
  readonly task: string;
  readonly evaluation: Evaluation;
  /** Only where gates were asked for. */
  readonly gates?: GateVerdict;
  /** Where models were asked: the candidate, whose evaluation this is, and what it was compared with. */
  readonly models?: readonly EvaluatedModel[];
  /** Of both models on the same rows. */
  readonly comparison?: Evaluation;
  /** Where the rows were a dataset's. */
  readonly dataset?: PlannedDataset;
  readonly rows: Omit<RowCounts, 'firstRejected'> & {
    readonly firstRejected: readonly (RejectedRow & { readonly key?: string })[];
  };
  readonly columns: ColumnMapping;
  readonly settings: unknown;
  readonly intervals: IntervalOptions;
}

/** How an answer is wanted. */
export interface Manner {
  readonly format: 'json' | 'html' | 'svg';
  readonly plot?: string | undefined;
  readonly metrics?: readonly string[] | undefined;
}

/** The result as JSON, as a report, or one plot of it. */
export function showResult(result: Result, manner: Manner, caller: Caller): Outcome<unknown> {
  const chosen = chooseMetrics(result, manner.metrics);
  if (!chosen.ok) return chosen;
  if (manner.format === 'html') return ok(new TextAnswer(renderReport(chosen.value), 'text/html; charset=utf-8'));
  if (manner.format === 'svg') return showPlot(chosen.value.evaluation, manner.plot);
  const { evaluation, ...facts } = chosen.value;
  return ok({ status: 'done', ...facts, ...evaluation, requestId: caller.requestId });
}

function showPlot({ curves = {} }: Evaluation, plot: string | undefined): Outcome<TextAnswer> {
  const names = Object.keys(curves);
  const name = plot ?? names[0];
  const curve = name === undefined || !Object.hasOwn(curves, name) ? undefined : curves[name];
  if (curve) return ok(new TextAnswer(renderPlot(curve), 'image/svg+xml'));
  const known = names.length === 0 ? 'this evaluation has none' : `must be one of ${names.join(', ')}`;
  return invalidField('plot', known);
}

/** Only the figures that are asked for, here and in slices. */
function chooseMetrics(result: Result, names: readonly string[] | undefined): Outcome<Result> {
  if (names === undefined) return ok(result);
  const { evaluation } = result;
  const unknown = names.find((name) => !Object.hasOwn(evaluation.metrics, name));
  if (unknown !== undefined)
    return invalidField('metrics', `there is no "${unknown}"; there are ${Object.keys(evaluation.metrics).join(', ')}`);
  const slices = evaluation.slices?.map(({ column, values }) => ({
    column,
    values: values.map((slice) => ({ ...slice, evaluation: only(slice.evaluation, names) })),
  }));
  return ok({ ...result, evaluation: { ...only(evaluation, names), ...(slices ? { slices } : {}) } });
}

function only(evaluation: Evaluation, names: readonly string[]): Evaluation {
  const metrics = Object.fromEntries(Object.entries(evaluation.metrics).filter(([name]) => names.includes(name)));
  return { ...evaluation, metrics };
}
