import type { Evaluation, IntervalOptions } from './evaluation.ts';

/** A row as it was read: a JSON object, or a CSV line by header (all values texts then). */
export type RowRecord = Readonly<Record<string, unknown>>;

/** A column that a task reads. */
export interface ColumnSpec {
  /** The name in rows: `label`, `score`, `arm` … */
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** Other names that a header may have for it, in lower case without punctuation: `y_true` is `ytrue`. */
  readonly aliases: readonly string[];
}

/**
 * What rows of a task are gathered into. Memory is bounded whatever the number of rows. States of the same task and settings merge;
 * the result depends on the multiset of rows alone, or, where a docstring says so, on the order of parts.
 */
export interface TaskState {
  /** Takes one row; gives what is wrong with it (`score: expected a number from 0 to 1, got "high"`) and takes nothing then. */
  add(row: RowRecord): string | null;
  /** Takes over what `later` holds; `later` is not used afterwards. */
  merge(later: TaskState): void;
  /** Enough for `Task.restore` to go on in another process. */
  save(): SavedState;
  evaluate(intervals: IntervalOptions): Evaluation;
}

/** Scalars and lists in `fields`, bulk in `arrays`. */
export interface SavedState {
  readonly fields: { readonly [name: string]: Json };
  readonly arrays: { readonly [name: string]: NumberArray };
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type NumberArray = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** How much a state may hold: the whole input's, or one slice's of many. */
export type StateSize = 'whole' | 'slice';

/**
 * A kind of rows and what is worked out from them. `Settings` is what a caller may set (parsed by the function's schema: k, beta,
 * costs, the positive arm …), with every default filled in by the schema.
 */
export interface Task<Settings> {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  start(settings: Settings, size: StateSize): TaskState;
  restore(settings: Settings, size: StateSize, saved: SavedState): TaskState;
}
