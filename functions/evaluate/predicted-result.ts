import type { Evaluation } from '../../shared/metrics/evaluation.ts';
import { judge } from '../../shared/metrics/gates/gate.ts';
import { baselineOf, evaluationOf } from './evaluate.ts';
import type { Gathered } from './gather-rows.ts';
import type { Plan, PlannedModel, Predicted } from './plan.ts';
import type { PredictedState, UnknownLabels } from './predicted-task.ts';
import type { Result } from './show.ts';
import type { BoundTask } from './tasks.ts';

/** Labels that are named in a warning. */
const MAX_LABELS_SHOWN = 10;
const ROLES = ['candidate', 'baseline'] as const;

/** What was evaluated: a version of a model. */
export interface EvaluatedModel {
  readonly name: string;
  readonly version: string;
  readonly role: (typeof ROLES)[number];
  readonly manifestSha256: string;
  readonly unknownLabels: { readonly rows: number; readonly labels: UnknownLabels };
  /** Of the baseline. */
  readonly evaluation?: Evaluation;
}

/**
 * What models come to: the candidate's evaluation, and where there is a baseline its own, their comparison, whose verdict is the
 * summary, and gates that look at all three.
 */
export function resultOfPredicted(
  task: BoundTask,
  plan: Plan & { readonly predicted: Predicted },
  { state, rows }: Gathered,
): Result {
  const gathered = state as PredictedState;
  const { intervals, gates, predicted } = plan;
  const [candidate, baseline] = gathered.views.map((view) => evaluationOf(view, plan)) as [Evaluation, Evaluation?];
  const comparison = gathered.comparison?.evaluate(intervals);
  const models = predicted.models.map(({ name, version, manifestSha256 }, place): EvaluatedModel => {
    const labels = gathered.unknownLabels(place);
    const own = place > 0 && baseline ? { evaluation: baseline } : {};
    const role = ROLES[place] ?? 'baseline';
    return { name, version, role, manifestSha256, unknownLabels: { rows: sumOf(labels), labels }, ...own };
  });
  const warnings = [...candidate.warnings, ...models.flatMap((model) => warningOf(model, rows.read))];
  const summary = comparison ? [...(comparison.summary ?? []), whoIsWho(predicted.models)] : candidate.summary;
  const judged = { ...candidate, metrics: { ...comparison?.metrics, ...candidate.metrics } };
  return {
    task: task.name,
    evaluation: { ...candidate, ...(summary ? { summary } : {}), warnings },
    ...(gates ? { gates: judge(gates.rules, judged, baseline ?? baselineOf(gates)) } : {}),
    models,
    ...(comparison ? { comparison } : {}),
    rows,
    columns: {},
    settings: predicted.classes ? { ...(task.settings as object), ...predicted.classes } : task.settings,
    intervals,
  };
}

function whoIsWho([candidate, baseline]: readonly PlannedModel[]): string {
  return `The candidate is ${candidate?.name}@${candidate?.version}, the baseline ${baseline?.name}@${baseline?.version}.`;
}

function warningOf({ name, version, unknownLabels: { rows, labels } }: EvaluatedModel, read: number): string[] {
  if (rows === 0) return [];
  const byRows = Object.entries(labels).sort((a, b) => b[1] - a[1]);
  const named = byRows.slice(0, MAX_LABELS_SHOWN).map(([label, count]) => `"${label}" (${count})`);
  const more = byRows.length > MAX_LABELS_SHOWN ? ' …' : '';
  return [
    `${rows} of ${read} rows have labels that ${name}@${version} does not know, and count as wrong: ${named.join(', ')}${more}.`,
  ];
}

function sumOf(labels: UnknownLabels): number {
  return Object.values(labels).reduce((sum, rows) => sum + rows, 0);
}
