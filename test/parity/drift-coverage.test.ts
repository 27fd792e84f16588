import { expect, test } from 'vitest';
import { drawMultinomial } from '../../shared/core/draw-binomial.ts';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { binIntervals } from '../../shared/metrics/drift/bin-intervals.ts';
import { jensenShannonDistance, populationStability } from '../../shared/metrics/drift/distances.ts';
import { DEFAULT_DRIFT_SETTINGS, driftTask } from '../../shared/metrics/drift/drift-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { stateOf } from '../support/evaluate-rows.ts';

const source = seededRandom(12);

test('where nothing drifts, 5 in 100 p-values are below 0.05', () => {
  const simulations = 2_000;
  const below = { ksPValue: 0, chiSquarePValue: 0 };
  for (let i = 0; i < simulations; i++) {
    const rows = Array.from({ length: 100 }, () => ({ reference: source.normal(), current: source.normal() }));
    const state = stateOf(driftTask, { ...DEFAULT_DRIFT_SETTINGS, bins: 5 }, rows);
    const { metrics } = state.evaluate({ ...DEFAULT_INTERVALS, method: 'analytic' });
    if ((metrics['ksPValue:value']?.value ?? 1) <= 0.05) below.ksPValue += 1;
    if ((metrics['chiSquarePValue:value']?.value ?? 1) <= 0.05) below.chiSquarePValue += 1;
  }
  console.info(`of ${simulations} p-values at or below 0.05:`, below);
  // The test of Kolmogorov and Smirnov takes few values at 100 rows a side: its level is below 0.05, never above.
  expect(below.ksPValue / simulations).toBeLessThan(0.06);
  expect(below.ksPValue / simulations).toBeGreaterThan(0.02);
  expect(Math.abs(below.chiSquarePValue / simulations - 0.05)).toBeLessThan(0.015);
});

/** Shares of 2,000 pairs of samples from these shares whose intervals have the figures of the shares themselves. */
function covered(reference: readonly number[], current: readonly number[]) {
  const [shares, others] = [Float64Array.from(reference), Float64Array.from(current)];
  const truths = { psi: populationStability(shares, others), jensenShannon: jensenShannonDistance(shares, others) };
  const hits = { psi: 0, jensenShannon: 0 };
  for (let i = 0; i < 2_000; i++) {
    const bins = {
      labels: [],
      reference: drawMultinomial(1_000, shares, source, new Float64Array(5)),
      current: drawMultinomial(500, others, source, new Float64Array(5)),
    };
    const found = binIntervals(bins, { ...DEFAULT_INTERVALS, draws: 200 });
    for (const name of ['psi', 'jensenShannon'] as const) {
      const [low, high] = found[name] ?? [1, 0];
      if (low <= truths[name] && truths[name] <= high) hits[name] += 1 / 2_000;
    }
  }
  return hits;
}

test('intervals of the index and of the distance of Jensen and Shannon hold their level over 2,000 draws, and more where there is hardly any drift', {
  timeout: 60_000,
}, () => {
  const much = covered([1_000, 1_000, 1_000, 1_000, 1_000], [500, 700, 1_000, 1_300, 1_500]);
  const none = covered([1_000, 1_000, 1_000, 1_000, 1_000], [1_000, 1_000, 1_000, 1_000, 1_000]);
  console.info('with drift', much, 'without', none);
  for (const name of ['psi', 'jensenShannon'] as const) {
    expect(Math.abs(much[name] - 0.95)).toBeLessThanOrEqual(0.015);
    expect(none[name]).toBeGreaterThanOrEqual(0.95);
  }
});
