import { expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { CELLS } from '../../shared/metrics/marketing/score-cells.ts';
import { qiniCoefficient } from '../../shared/metrics/marketing/uplift-curves.ts';
import { bootstrapSpreads } from '../../shared/metrics/marketing/uplift-resampling.ts';
import { DEFAULT_UPLIFT_SETTINGS, upliftTask } from '../../shared/metrics/marketing/uplift-task.ts';
import { evaluateRows } from '../support/task-properties.ts';
import { upliftCustomers } from '../support/uplift-customers.ts';

test('a score that knows nothing is 0, or 0.5, on average, and its p-value is small as often as it says', () => {
  const random = seededRandom(2);
  const found = Array.from({ length: 150 }, () =>
    evaluateRows(upliftTask, DEFAULT_UPLIFT_SETTINGS, upliftCustomers(200, random, false), {
      ...DEFAULT_INTERVALS,
      draws: 100,
    }),
  );
  const mean = (name: string) =>
    found.reduce((sum, { metrics }) => sum + (metrics[name]?.value ?? 0), 0) / found.length;
  expect(Math.abs(mean('qini'))).toBeLessThan(0.02);
  expect(Math.abs(mean('auucRelative') - 0.5)).toBeLessThan(0.03);
  const small = found.filter(({ metrics }) => (metrics['permutationPValue']?.value ?? 1) <= 0.1).length / found.length;
  expect(Math.abs(small - 0.1)).toBeLessThan(0.07);
});

test("the bootstrap's interval of Qini holds the truth in 95 of 100 experiments", () => {
  const random = seededRandom(6);
  // Ten scores; the truth is that of the chances themselves.
  const chances = Array.from({ length: 10 }, (_, score) => {
    const rise = 0.05 * (9 - score);
    return [0.5 * 0.8, 0.5 * 0.2, 0.5 * (0.8 - rise), 0.5 * (0.2 + rise)];
  });
  const truth = qiniCoefficient(chances.flat());
  const EXPERIMENTS = 2_000;
  let covered = 0;
  for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
    const counts = new Uint32Array(chances.length * CELLS);
    for (let row = 0; row < 1_500; row++) {
      const score = random.below(chances.length);
      let left = random.next();
      const cell = (chances[score] ?? []).findIndex((chance) => {
        left -= chance;
        return left < 0;
      });
      const at = CELLS * score + (cell === -1 ? CELLS - 1 : cell);
      counts[at] = (counts[at] as number) + 1;
    }
    const [spread] = bootstrapSpreads(counts, [qiniCoefficient], { draws: 200, level: 0.95, seed: experiment });
    const point = qiniCoefficient(counts);
    const [low, high] = spread?.deviations ?? [Number.NaN, Number.NaN];
    if (point + low <= truth && truth <= point + high) covered += 1;
  }
  expect(Math.abs(covered / EXPERIMENTS - 0.95)).toBeLessThan(0.015);
});
