import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { Evaluation } from '../../shared/metrics/evaluation.ts';
import { withFairness } from '../../shared/metrics/fairness/with-fairness.ts';
import { judge } from '../../shared/metrics/gates/gate.ts';
import type { TaskState } from '../../shared/metrics/task.ts';
import type { EvaluateBody } from './body.ts';
import type { EvaluateQuery } from './contract.ts';
import type { Gates } from './contract-gates.ts';
import type { EvaluateDeps } from './deps.ts';
import { createGatherer, type Gathered } from './gather-rows.ts';
import { gatherFile } from './read-file.ts';
import { RowsError } from './row-reader.ts';
import { type Result, showResult } from './show.ts';
import { evaluateEvents } from './source-events.ts';
import { startEvaluation } from './start.ts';
import { type BoundTask, bindTask } from './tasks.ts';
import { type Wishes, wishesOf, withFairnessSlices } from './wishes.ts';

/** Evaluates rows that are in the body at once; begins where they are stored objects. */
export async function evaluate(
  deps: EvaluateDeps,
  body: EvaluateBody,
  query: EvaluateQuery,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const said = 'request' in body ? ok<Wishes>(body.request) : wishesOf(query);
  const wishes = said.ok ? withFairnessSlices(said.value) : said;
  if (!wishes.ok) return wishes;
  const task = bindTask(wishes.value.task, wishes.value.settings, wishes.value.slices);
  if (!task.ok) return task;
  const source = 'request' in body ? body.request.source : undefined;
  if (source?.events) return evaluateEvents(deps, { ...wishes.value, events: source.events }, query, caller);
  if (source) return startEvaluation(deps, { ...wishes.value, source }, task.value, query, caller);
  const gathered = await gather(body, task.value, wishes.value);
  if (!gathered.ok) return gathered;
  return showResult(
    resultOf(task.value, wishes.value, gathered.value),
    { ...query, metrics: wishes.value.metrics },
    caller,
  );
}

async function gather(body: EvaluateBody, task: BoundTask, wishes: Wishes): Promise<Outcome<Gathered>> {
  const gatherer = createGatherer(task, wishes);
  return catchRowsError(async () => {
    if ('file' in body) return gatherFile(body.file.body, gatherer, body.file.format);
    for (const [place, row] of (body.request.rows ?? []).entries()) gatherer.element(row, place + 1);
    return gatherer.finish();
  });
}

/** What stopped the reading, as the failure that it is. */
export async function catchRowsError<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof RowsError) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** All that is said of rows once they are gathered. */
export function resultOf(
  task: BoundTask,
  { intervals, gates, fairness }: Pick<Wishes, 'intervals' | 'gates' | 'fairness'>,
  { state, rows, columns }: Gathered,
): Result {
  const evaluation = evaluationOf(state, { intervals, fairness });
  const verdict = gates ? { gates: judge(gates.rules, evaluation, baselineOf(gates)) } : {};
  return { task: task.name, evaluation, ...verdict, rows, columns, settings: task.settings, intervals };
}

/** What a state comes to, with its groups compared where that is asked for. */
export function evaluationOf(
  state: TaskState,
  { intervals, fairness }: Pick<Wishes, 'intervals' | 'fairness'>,
): Evaluation {
  const plain = state.evaluate(intervals);
  return fairness ? withFairness(plain, intervals, fairness.columns, fairness) : plain;
}

/** Figures as the evaluation that they came from, as far as rules look at it. */
export function baselineOf({ baseline }: Gates): Evaluation | null {
  if (!baseline) return null;
  return {
    metrics: Object.fromEntries(Object.entries(baseline).map(([name, value]) => [name, { value }])),
    warnings: [],
  };
}
