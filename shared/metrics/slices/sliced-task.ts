import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { joinStates, splitStates } from '../nested-states.ts';
import type { Json, RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import { SliceColumnState } from './slice-column.ts';

/** Columns that may be sliced by: each takes up to `MAX_SLICE_VALUES` states of a slice's size. */
export const MAX_SLICE_COLUMNS = 4;

/**
 * The task over all rows and besides over the rows of each value of some columns (`country`, `ageGroup`): `Evaluation.slices`.
 * A row that the task refuses is in no slice. Rows without a value are in the slice `(none)`.
 */
export function slicedTask<Settings>(task: Task<Settings>, columns: readonly string[]): Task<Settings> {
  return {
    name: task.name,
    columns: task.columns,
    start: (settings, size) => {
      const makeSlice = () => task.start(settings, 'slice');
      return new SlicedState(
        task.start(settings, size),
        columns.map((column) => new SliceColumnState(column, makeSlice)),
      );
    },
    restore: (settings, size, saved) => restoreSliced(task, columns, settings, size, saved),
  };
}

function restoreSliced<Settings>(
  task: Task<Settings>,
  columns: readonly string[],
  settings: Settings,
  size: StateSize,
  saved: SavedState,
): SlicedState {
  const [whole, ...slices] = splitStates(saved.fields['states'] as Json, saved.arrays) as [SavedState, ...SavedState[]];
  const makeSlice = () => task.start(settings, 'slice');
  const restoreSlice = (each: SavedState) => task.restore(settings, 'slice', each);
  return new SlicedState(
    task.restore(settings, size, whole),
    columns.map((column, i) => SliceColumnState.restore(column, makeSlice, restoreSlice, slices[i] as SavedState)),
  );
}

class SlicedState implements TaskState {
  readonly #whole: TaskState;
  readonly #columns: readonly SliceColumnState[];

  constructor(whole: TaskState, columns: readonly SliceColumnState[]) {
    this.#whole = whole;
    this.#columns = columns;
  }

  add(row: RowRecord): string | null {
    const fault = this.#whole.add(row);
    if (fault === null) for (const column of this.#columns) column.add(row);
    return fault;
  }

  merge(later: TaskState): void {
    const other = later as SlicedState;
    this.#whole.merge(other.#whole);
    this.#columns.forEach((column, i) => {
      column.merge(other.#columns[i] as SliceColumnState);
    });
  }

  save(): SavedState {
    const { fields, arrays } = joinStates([this.#whole.save(), ...this.#columns.map((column) => column.save())]);
    return { fields: { states: fields }, arrays };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    const whole = this.#whole.evaluate(intervals);
    return {
      ...whole,
      slices: this.#columns.map((column) => column.evaluate(intervals)),
      warnings: [...whole.warnings, ...this.#columns.flatMap((column) => column.warnings)],
    };
  }
}
