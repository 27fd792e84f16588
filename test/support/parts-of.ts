import { decodeSavedState, encodeSavedState } from '../../shared/metrics/saved-state.ts';
import type { RowRecord, StateSize, Task, TaskState } from '../../shared/metrics/task.ts';
import type { Random } from './random.ts';

/** All rows in one state. */
export function gathered<S>(
  task: Task<S>,
  settings: S,
  rows: readonly RowRecord[],
  size: StateSize = 'whole',
): TaskState {
  const state = task.start(settings, size);
  for (const row of rows) {
    const fault = state.add(row);
    if (fault !== null) throw new Error(fault);
  }
  return state;
}

/** The same rows in another order, in parts of any size, each through bytes, merged one after the other. */
export function gatheredInParts<S>(
  task: Task<S>,
  settings: S,
  rows: readonly RowRecord[],
  random: Random,
  size: StateSize = 'whole',
): TaskState {
  const shuffled = shuffle(rows, random);
  let merged = task.start(settings, size);
  for (let start = 0; start < shuffled.length; ) {
    const end = start + 1 + random.below(Math.max(1, Math.ceil(shuffled.length / 3)));
    const part = through(task, settings, gathered(task, settings, shuffled.slice(start, end), size), size);
    if (random.below(2) === 0) merged.merge(part);
    else {
      part.merge(merged);
      merged = part;
    }
    start = end;
  }
  return through(task, settings, merged, size);
}

function through<S>(task: Task<S>, settings: S, state: TaskState, size: StateSize): TaskState {
  const decoded = decodeSavedState(encodeSavedState(state.save()));
  if (!decoded.ok) throw new Error(decoded.failure);
  return task.restore(settings, size, decoded.value);
}

function shuffle<T>(values: readonly T[], random: Random): T[] {
  const shuffled = [...values];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [shuffled[i], shuffled[other]] = [shuffled[other] as T, shuffled[i] as T];
  }
  return shuffled;
}
