import { topK } from '../../shared/core/top-k.ts';
import { wilsonInterval } from '../../shared/core/wilson-interval.ts';
import type { TextModel } from '../../shared/model/text-model.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Trial } from './contract.ts';

export interface TrialRow {
  readonly text: string;
  readonly label?: string | undefined;
}

/** What one model made of all rows. */
export interface Run {
  readonly known: ReadonlySet<string>;
  readonly labels: readonly string[];
  readonly confidences: readonly number[];
  readonly milliseconds: number;
}

/** Compares what the models chose; one trial a run, in their order. */
export function judgeRuns(runs: readonly Run[], rows: readonly TrialRow[]): Trial[] {
  return runs.map((run, index) => {
    const others = runs.filter((_, other) => other !== index);
    return judge(run, others, rows);
  });
}

/** Runs a model on all rows. */
export async function runModel(model: TextModel, rows: readonly TrialRow[], clock: Clock): Promise<Run> {
  const startedAtMs = clock.now();
  const scores = await model.score(rows.map((row) => model.encode(row.text)));
  const milliseconds = clock.now() - startedAtMs;
  const best = scores.map((row) => topK(row, 1)[0] ?? 0);
  return {
    known: new Set(model.labels),
    labels: best.map((index) => model.labels[index] ?? ''),
    confidences: best.map((index, row) => scores[row]?.[index] ?? 0),
    milliseconds,
  };
}

function judge(run: Run, others: readonly Run[], rows: readonly TrialRow[]): Trial {
  const labelled = rows.flatMap((row, index) =>
    row.label === undefined ? [] : [{ label: row.label, chosen: run.labels[index] }],
  );
  const right = labelled.filter(({ label, chosen }) => label === chosen).length;
  const unknown = new Set(labelled.map(({ label }) => label).filter((label) => !run.known.has(label)));
  return {
    rows: rows.length,
    meanConfidence: mean(run.confidences),
    agreement: others.length === 0 ? null : mean(others.map((other) => shareEqual(run.labels, other.labels))),
    accuracy:
      labelled.length === 0
        ? null
        : { value: right / labelled.length, interval: wilsonInterval(right, labelled.length), rows: labelled.length },
    unknownLabels: [...unknown].sort(),
    millisecondsPerRow: run.milliseconds > 0 ? run.milliseconds / rows.length : null,
  };
}

function shareEqual(a: readonly string[], b: readonly string[]): number {
  return a.filter((label, index) => label === b[index]).length / a.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
