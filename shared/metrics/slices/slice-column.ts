import { BoundedMap } from '../bounded-map.ts';
import type { IntervalOptions, SliceColumn, SliceEvaluation } from '../evaluation.ts';
import { joinStates, splitStates } from '../nested-states.ts';
import { textCell } from '../read-cell.ts';
import type { Json, RowRecord, SavedState, TaskState } from '../task.ts';

/** Values of a column that get a slice of their own; which ones, see `BoundedMap`. */
export const MAX_SLICE_VALUES = 50;
/** Rows of all further values. A value of that very text has a slice of the same name beside it. */
export const OTHER_VALUES = '(other)';
/** Rows that have no value in the column. */
export const NO_VALUE = '(none)';
/** Longer values are cut: two that differ only after it are one slice. */
const MAX_VALUE_CHARACTERS = 200;

interface Slice {
  rows: number;
  readonly state: TaskState;
}

/** A column's states, one a value. */
export class SliceColumnState {
  readonly #column: string;
  readonly #slices: BoundedMap<Slice>;

  constructor(
    column: string,
    makeState: () => TaskState,
    saved?: { kept: [string, Slice][]; other: Slice | undefined },
  ) {
    this.#column = column;
    const make = (): Slice => ({ rows: 0, state: makeState() });
    this.#slices = new BoundedMap(MAX_SLICE_VALUES, { make, join: joinSlices }, saved);
  }

  static restore(
    column: string,
    makeState: () => TaskState,
    restoreState: (saved: SavedState) => TaskState,
    saved: SavedState,
  ): SliceColumnState {
    const values = saved.fields['values'] as readonly string[];
    const rows = saved.fields['rows'] as readonly number[];
    const slices = splitStates(saved.fields['states'] as Json, saved.arrays).map(
      (each, i): Slice => ({ rows: rows[i] as number, state: restoreState(each) }),
    );
    const kept = values.map((value, i): [string, Slice] => [value, slices[i] as Slice]);
    return new SliceColumnState(column, makeState, { kept, other: slices[values.length] });
  }

  add(row: RowRecord): void {
    const slice = this.#slices.at(sliceValue(row[this.#column]));
    slice.rows += 1;
    slice.state.add(row);
  }

  merge(later: SliceColumnState): void {
    this.#slices.merge(later.#slices);
  }

  save(): SavedState {
    const kept = this.#slices.kept;
    const slices = [...kept.map(([, slice]) => slice), ...(this.#slices.other ? [this.#slices.other] : [])];
    const { fields, arrays } = joinStates(slices.map(({ state }) => state.save()));
    return {
      fields: { values: kept.map(([value]) => value), rows: slices.map(({ rows }) => rows), states: fields },
      arrays,
    };
  }

  evaluate(intervals: IntervalOptions): SliceColumn {
    const values = this.#slices.kept.map(([value, slice]) => evaluateSlice(value, slice, intervals));
    values.sort((a, b) => b.rows - a.rows);
    const { other } = this.#slices;
    return {
      column: this.#column,
      values: other ? [...values, evaluateSlice(OTHER_VALUES, other, intervals)] : values,
    };
  }

  get warnings(): readonly string[] {
    const { kept, other } = this.#slices;
    const shown = kept.length;
    const isMissing = shown > 0 && kept.every(([value]) => value === NO_VALUE);
    return [
      ...(other
        ? [`${this.#column} has more than ${shown} values: ${other.rows} rows of the others are in "${OTHER_VALUES}".`]
        : []),
      ...(isMissing ? [`No row has a value in ${this.#column}: there is nothing to slice by.`] : []),
    ];
  }
}

function sliceValue(cell: unknown): string {
  return textCell(cell)?.slice(0, MAX_VALUE_CHARACTERS) ?? NO_VALUE;
}

function joinSlices(into: Slice, from: Slice): void {
  into.rows += from.rows;
  into.state.merge(from.state);
}

function evaluateSlice(value: string, { rows, state }: Slice, intervals: IntervalOptions): SliceEvaluation {
  return { value, rows, evaluation: state.evaluate(intervals) };
}
