import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_INTERVALS, type IntervalOptions } from '../../shared/metrics/evaluation.ts';
import { DEFAULT_RANKING_SETTINGS, rankingTask } from '../../shared/metrics/ranking/ranking-task.ts';

/** Share of simulated evaluations whose interval of `name` has the true mean, over 2,000 draws of 60 queries. */
function covered(name: string, truth: number, options: IntervalOptions): number {
  const source = seededRandom(5);
  const simulations = 2_000;
  let hits = 0;
  for (let i = 0; i < simulations; i++) {
    const state = rankingTask.start({ ...DEFAULT_RANKING_SETTINGS, k: [3] }, 'whole');
    for (let query = 0; query < 60; query++) {
      const place = source.below(4);
      state.add({ relevant: ['a'], ranked: ['x', 'y', 'z'].map((other, at) => (at === place ? 'a' : other)) });
    }
    const [low, high] = state.evaluate(options).metrics[name]?.interval ?? [1, 0];
    if (low <= truth && truth <= high) hits += 1;
  }
  return hits / simulations;
}

describe('intervals hold their level over 2,000 draws', () => {
  const bootstrap = { ...DEFAULT_INTERVALS, draws: 400 };
  const analytic = { ...DEFAULT_INTERVALS, method: 'analytic' } as const;
  test.each([
    ['mrr@3', (1 + 1 / 2 + 1 / 3) / 4, bootstrap],
    ['mrr@3', (1 + 1 / 2 + 1 / 3) / 4, analytic],
    ['ndcg@3', (1 + 1 / Math.log2(3) + 1 / 2) / 4, bootstrap],
    ['hitRate@3', 3 / 4, analytic],
  ] as const)('%s', (name, truth, options) => {
    const share = covered(name, truth, options);
    console.info(`${name} ${options.method}: ${share}`);
    expect(Math.abs(share - 0.95)).toBeLessThanOrEqual(0.015);
  });
});
