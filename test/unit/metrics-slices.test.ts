import { describe, expect, test } from 'vitest';
import { BoundedMap } from '../../shared/metrics/bounded-map.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { decodeSavedState, encodeSavedState } from '../../shared/metrics/saved-state.ts';
import { MAX_SLICE_VALUES } from '../../shared/metrics/slices/slice-column.ts';
import { slicedTask } from '../../shared/metrics/slices/sliced-task.ts';
import type { RowRecord, TaskState } from '../../shared/metrics/task.ts';
import { createRandom } from '../support/random.ts';
import { sumTask } from '../support/sum-task.ts';

const task = slicedTask(sumTask, ['country', 'user']);
const random = createRandom(3);

const ROWS: readonly RowRecord[] = Array.from({ length: 3_000 }, () => ({
  amount: random.below(1_000) / 10,
  country: random.pick(['de', 'fr', 'it', undefined]),
  user: `user ${random.below(400)}`,
}));

function gather(rows: readonly RowRecord[]): TaskState {
  const state = task.start(null, 'whole');
  for (const row of rows) state.add(row);
  return state;
}

const evaluated = (state: TaskState) => state.evaluate(DEFAULT_INTERVALS);

describe('slices', () => {
  test('are the task over the rows of each value, those without one apart', () => {
    const [countries] = evaluated(gather(ROWS)).slices ?? [];
    expect(countries?.column).toBe('country');
    expect(countries?.values.map(({ value }) => value).sort()).toEqual(['(none)', 'de', 'fr', 'it']);
    for (const { value, rows, evaluation } of countries?.values ?? []) {
      const own = ROWS.filter(({ country }) => (country ?? '(none)') === value);
      const alone = sumTask.start(null, 'whole');
      for (const row of own) alone.add(row);
      expect(rows).toBe(own.length);
      expect(evaluation).toEqual(alone.evaluate(DEFAULT_INTERVALS));
    }
  });

  test('beyond the limit are counted together, and that is said', () => {
    const { slices, warnings } = evaluated(gather(ROWS));
    const values = slices?.[1]?.values ?? [];
    expect(values).toHaveLength(MAX_SLICE_VALUES + 1);
    expect(values.at(-1)?.value).toBe('(other)');
    expect(values.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS.length);
    for (const { value, rows } of values.slice(0, -1)) {
      expect(rows).toBe(ROWS.filter(({ user }) => user === value).length);
    }
    expect(warnings).toEqual([
      `user has more than 50 values: ${values.at(-1)?.rows} rows of the others are in "(other)".`,
    ]);
  });

  test('do not depend on the order of rows, nor on how they were divided, nor on being saved in between', () => {
    const expected = evaluated(gather(ROWS));
    expect(evaluated(gather([...ROWS].reverse()))).toEqual(expected);
    const parts = [0, 1, 70, 1_500, 2_999, 3_000].map((start, i, starts) => ROWS.slice(start, starts[i + 1]));
    const merged = gather([]);
    for (const part of parts.reverse()) {
      const through = decodeSavedState(encodeSavedState(gather(part).save()));
      if (!through.ok) throw new Error(through.failure);
      merged.merge(task.restore(null, 'whole', through.value));
    }
    expect(evaluated(merged)).toEqual(expected);
  });

  test('have no row that the task refuses', () => {
    const state = gather([]);
    expect(state.add({ amount: 'much', country: 'de' })).toBe('amount: expected a number');
    expect(evaluated(state).slices?.[0]?.values).toEqual([]);
  });

  test('by a column that no row has are a warning', () => {
    const state = gather([{ amount: 1, user: 'a' }]);
    expect(evaluated(state).warnings).toEqual(['No row has a value in country: there is nothing to slice by.']);
  });
});

test('a bounded map keeps the same texts whatever the order and the division', () => {
  const kind = {
    make: () => ({ count: 0 }),
    join: (into: { count: number }, from: { count: number }) => {
      into.count += from.count;
    },
  };
  const of = (texts: readonly string[]) => {
    const map = new BoundedMap(10, kind);
    for (const text of texts) map.at(text).count += 1;
    return map;
  };
  const texts = Array.from({ length: 5_000 }, () => `t${random.below(300)}`);
  const whole = of(texts);
  for (let round = 0; round < 20; round++) {
    const cut = random.below(texts.length);
    const merged = of(texts.slice(cut));
    merged.merge(of(texts.slice(0, cut)));
    expect(merged.kept).toEqual(whole.kept);
    expect(merged.other).toEqual(whole.other);
  }
  expect(whole.kept).toHaveLength(10);
});
