import { decodeSavedState, encodeSavedState } from '../../shared/metrics/saved-state.ts';
import type { RowRecord, StateSize, Task, TaskState } from '../../shared/metrics/task.ts';
import { shuffled, stateOf } from './evaluate-rows.ts';
import type { Random } from './random.ts';

/** The same rows in another order, in parts of any size, each through bytes, merged one after the other. */
export function gatheredInParts<S>(
  task: Task<S>,
  settings: S,
  rows: readonly RowRecord[],
  random: Random,
  size: StateSize = 'whole',
): TaskState {
  const order = shuffled(rows, random);
  let merged = task.start(settings, size);
  for (let start = 0; start < order.length; ) {
    const end = start + 1 + random.below(Math.max(1, Math.ceil(order.length / 3)));
    const part = through(task, settings, stateOf(task, settings, order.slice(start, end), size), size);
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
