import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { IntervalOptions } from '../../shared/metrics/evaluation.ts';
import { joinStates, splitStates } from '../../shared/metrics/nested-states.ts';
import type { Json, RowRecord, SavedState, TaskState } from '../../shared/metrics/task.ts';
import type { Plan } from './plan.ts';
import { type BoundTask, bindTask } from './tasks.ts';

/** A row of a dataset as models answered it: the candidate's view first. */
export interface PredictedRow {
  readonly label: string;
  /** The row as each model sees it, for the task. */
  readonly views: readonly RowRecord[];
  /** The same for the comparison of two. */
  readonly paired: RowRecord | null;
  /** Whether each model knows the label. */
  readonly isKnown: readonly boolean[];
}

/** How many rows have a label that a model does not know, by label. */
export type UnknownLabels = Readonly<Record<string, number>>;

/** Binds what a plan asks for: its task, or what several models' answers are gathered into. */
export function bindPlan({ task, settings, slices, predicted }: Plan): Outcome<BoundTask> {
  const own = bindTask(task, settings, slices);
  if (!own.ok || !predicted) return own;
  const models = predicted.models.length;
  const paired = models === 2 ? bindTask('comparison', comparisonSettings(task, settings), slices) : ok(null);
  if (!paired.ok) return paired;
  const tasks = [...Array.from({ length: models }, () => own.value), ...(paired.value ? [paired.value] : [])];
  return ok({
    ...own.value,
    columns: [],
    readsOthers: false,
    start: () =>
      new PredictedState(
        tasks.map((each) => each.start()),
        models,
      ),
    restore: (saved) => restore(tasks, models, saved),
  });
}

function comparisonSettings(kind: string, settings: unknown): object {
  const threshold = typeof settings === 'object' && settings !== null ? Reflect.get(settings, 'threshold') : undefined;
  return { kind, ...(threshold === undefined ? {} : { threshold }) };
}

function restore(tasks: readonly BoundTask[], models: number, saved: SavedState): PredictedState {
  const states = splitStates(saved.fields['states'] as Json, saved.arrays);
  const unknown = saved.fields['unknown'] as unknown as readonly (readonly [string, number][])[];
  return new PredictedState(
    tasks.map((task, place) => task.restore(states[place] as SavedState)),
    models,
    unknown.map((each) => new Map(each)),
  );
}

/** A state a model, and where there are two, one of their comparison. */
export class PredictedState implements TaskState {
  readonly #states: readonly TaskState[];
  readonly #models: number;
  readonly #unknown: readonly Map<string, number>[];

  constructor(
    states: readonly TaskState[],
    models: number,
    unknown: readonly Map<string, number>[] = Array.from({ length: models }, () => new Map()),
  ) {
    this.#states = states;
    this.#models = models;
    this.#unknown = unknown;
  }

  /** Of the models, the candidate's first. */
  get views(): readonly TaskState[] {
    return this.#states.slice(0, this.#models);
  }

  get comparison(): TaskState | null {
    return this.#states[this.#models] ?? null;
  }

  unknownLabels(model: number): UnknownLabels {
    return Object.fromEntries(this.#unknown[model] ?? []);
  }

  /** Takes a `PredictedRow`. */
  add(row: RowRecord): string | null {
    const { label, views, paired, isKnown } = row as unknown as PredictedRow;
    const rows = [...views, ...(paired ? [paired] : [])];
    for (const [place, state] of this.#states.entries()) {
      const fault = state.add(rows[place] as RowRecord);
      // The row is of our own making: what one state refuses, another may have taken.
      if (fault !== null) throw new Error(`a model's answer is no row of the task: ${fault}`);
    }
    for (const [model, unknown] of this.#unknown.entries())
      if (!isKnown[model]) unknown.set(label, (unknown.get(label) ?? 0) + 1);
    return null;
  }

  merge(later: TaskState): void {
    const other = later as PredictedState;
    for (const [place, state] of this.#states.entries()) state.merge(other.#states[place] as TaskState);
    for (const [model, unknown] of this.#unknown.entries())
      for (const [label, rows] of other.#unknown[model] ?? []) unknown.set(label, (unknown.get(label) ?? 0) + rows);
  }

  save(): SavedState {
    const { fields, arrays } = joinStates(this.#states.map((state) => state.save()));
    return { fields: { states: fields, unknown: this.#unknown.map((each) => [...each]) }, arrays };
  }

  /** The candidate's; `predicted-result.ts` says the rest. */
  evaluate(intervals: IntervalOptions) {
    return (this.#states[0] as TaskState).evaluate(intervals);
  }
}
