import type { SeededRandom } from '../../shared/core/seeded-random.ts';
import type { Evaluation, IntervalOptions } from '../../shared/metrics/evaluation.ts';
import type { RowRecord, StateSize, Task, TaskState } from '../../shared/metrics/task.ts';

/** A state of the task that took all rows; throws where it does not take one. */
export function stateOf<S>(
  task: Task<S>,
  settings: S,
  rows: readonly RowRecord[],
  size: StateSize = 'whole',
): TaskState {
  const state = task.start(settings, size);
  for (const row of rows) {
    const wrong = state.add(row);
    if (wrong !== null) throw new Error(wrong);
  }
  return state;
}

export function evaluated<S>(
  task: Task<S>,
  settings: S,
  rows: readonly RowRecord[],
  intervals: IntervalOptions,
): Evaluation {
  return stateOf(task, settings, rows).evaluate(intervals);
}

/** The rows in parts, each saved and restored as another process would, merged from the last to the first. */
export function inParts<S>(
  task: Task<S>,
  settings: S,
  rows: readonly RowRecord[],
  parts: number,
  size: StateSize = 'whole',
): TaskState {
  const length = Math.ceil(rows.length / parts);
  const states = Array.from({ length: parts }, (_, part) => {
    const state = stateOf(task, settings, rows.slice(part * length, (part + 1) * length), size);
    return task.restore(settings, size, structuredClone(state.save()));
  }).reverse();
  const merged = states.reduce(
    (into, state) => {
      into.merge(state);
      return into;
    },
    task.start(settings, size),
  );
  return task.restore(settings, size, structuredClone(merged.save()));
}

export function shuffled<T>(items: readonly T[], random: Pick<SeededRandom, 'below'>): T[] {
  const shuffledItems = [...items];
  for (let i = shuffledItems.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [shuffledItems[i], shuffledItems[j]] = [shuffledItems[j] as T, shuffledItems[i] as T];
  }
  return shuffledItems;
}

/** Share of draws in which the interval covered the true value; draws without an interval do not cover. */
export function coverageOf(
  draws: number,
  truth: number,
  intervalOf: (draw: number) => readonly [number, number] | undefined,
): number {
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    const interval = intervalOf(draw);
    if (interval !== undefined && interval[0] <= truth && truth <= interval[1]) covered += 1;
  }
  return covered / draws;
}
