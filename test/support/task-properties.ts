import { expect } from 'vitest';
import { DEFAULT_INTERVALS, type Evaluation } from '../../shared/metrics/evaluation.ts';
import type { RowRecord, SavedState, Task } from '../../shared/metrics/task.ts';
import { createRandom } from './random.ts';

export function evaluateRows<Settings>(
  task: Task<Settings>,
  settings: Settings,
  rows: readonly RowRecord[],
  intervals = DEFAULT_INTERVALS,
): Evaluation {
  const state = task.start(settings, 'whole');
  for (const row of rows) expect(state.add(row)).toBeNull();
  return state.evaluate(intervals);
}

/** Rows in another order, divided, saved, restored and merged give the very same answer. */
export function expectSameInParts<Settings>(
  task: Task<Settings>,
  settings: Settings,
  rows: readonly RowRecord[],
  seed: number,
): void {
  const random = createRandom(seed);
  const shuffled = rows.map((row) => ({ row, key: random.below(2 ** 30) })).sort((a, b) => a.key - b.key);
  const parts = Array.from({ length: 4 }, () => task.start(settings, 'whole'));
  for (const { row } of shuffled) parts[random.below(4)]?.add(row);
  const merged = parts.map((part) => task.restore(settings, 'whole', copied(part.save())));
  const whole = merged.reduceRight((later, earlier) => {
    earlier.merge(later);
    return earlier;
  });
  expect(whole.evaluate(DEFAULT_INTERVALS)).toEqual(evaluateRows(task, settings, rows));
}

/** As it would come from another process. */
function copied({ fields, arrays }: SavedState): SavedState {
  return { fields: JSON.parse(JSON.stringify(fields)), arrays: structuredClone(arrays) };
}

/** Everything can be written as JSON without loss: no NaN, no infinity. */
export function expectWritable(evaluation: Evaluation): void {
  expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  for (const [name, metric] of Object.entries(evaluation.metrics)) {
    if (metric.value === null) expect([name, metric.reason]).toEqual([name, expect.any(String)]);
  }
}
