import { expect, test } from 'vitest';
import { planRuns } from '../../shared/model/run-plan.ts';
import { createRandom } from '../support/random.ts';

test('every row is in just one run, whatever the lengths', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = createRandom(seed);
    const lengths = Array.from({ length: random.below(600) }, () => random.below(513));
    const runs = planRuns(lengths);
    expect(runs.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
    for (const run of runs) {
      const longest = Math.max(1, ...run.map((index) => lengths[index] ?? 0));
      expect(run.length).toBeLessThanOrEqual(256);
      expect(run.length === 1 || run.length * longest <= 8192).toBe(true);
    }
  }
});

test('rows of like length share a run, so that little is padded', () => {
  expect(planRuns([500, 1, 500, 2, 1])).toEqual([[1, 4, 3, 0, 2]]);
  const many = [...Array.from({ length: 100 }, () => 1), ...Array.from({ length: 100 }, () => 512)];
  const padded = planRuns(many).map((run) => run.length * Math.max(...run.map((index) => many[index] ?? 0)));
  expect(padded.reduce((sum, cells) => sum + cells, 0)).toBeLessThan(100 * 513 + 16 * 512);
});

test('a row longer than a run may hold goes alone; no rows make no run', () => {
  expect(planRuns([9000, 9000])).toEqual([[0], [1]]);
  expect(planRuns([])).toEqual([]);
});
