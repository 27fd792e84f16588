import { describe, expect, test } from 'vitest';
import { type SeededRandom, seededRandom } from '../../shared/core/seeded-random.ts';
import { ComparisonState } from '../../shared/metrics/comparison/comparison-state.ts';
import {
  DEFAULT_COMPARISON_SETTINGS as settings,
  comparisonTask as task,
} from '../../shared/metrics/comparison/comparison-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { coverageOf, evaluated, inParts, shuffled, stateOf } from '../support/evaluate-rows.ts';

const intervals = { ...DEFAULT_INTERVALS, draws: 200 };

/** Scores of two models that share half of what they do not know; the candidate knows `gain` more. */
function rowsOf(count: number, random: SeededRandom, gain: number) {
  return Array.from({ length: count }, () => {
    const label = random.below(2);
    const shared = random.normal();
    const score = (skill: number) => 1 / (1 + Math.exp(-(skill * (2 * label - 1) + shared + random.normal())));
    return { label, baseline: score(0.6), candidate: score(0.6 + gain) };
  });
}

const classes = (counts: readonly [number, number, number, number]) =>
  counts.flatMap((count, cell) =>
    Array.from({ length: count }, () => ({
      label: 'a',
      baseline: cell >= 2 ? 'a' : 'b',
      candidate: cell % 2 === 1 ? 'a' : 'b',
    })),
  );

describe('a comparison', () => {
  test('of classes has the p-values that are worked out by hand', () => {
    const { metrics, tables } = evaluated(
      task,
      { ...settings, kind: 'classification' },
      classes([10, 6, 1, 83]),
      intervals,
    );
    expect(metrics['accuracyDifference']?.value).toBe(0.05);
    expect(metrics['mcnemarExactPValue']?.value).toBeCloseTo((2 * (1 + 7)) / 128, 14);
    expect(metrics['mcnemarMidPValue']?.value).toBeCloseTo((2 * (1 + 7) - 7) / 128, 14);
    expect(metrics['mcnemarStatistic']?.value).toBeCloseTo(16 / 7, 14);
    expect(tables?.['agreement']?.rows).toEqual([
      ['baseline right', 83, 1],
      ['baseline wrong', 6, 10],
    ]);
  });

  test('says in words what its interval says', () => {
    const verdict = (counts: readonly [number, number, number, number]) =>
      evaluated(task, { ...settings, kind: 'classification' }, classes(counts), { ...intervals, method: 'analytic' })
        .summary;
    expect(verdict([100, 60, 20, 820])).toEqual([
      'The candidate is better: 4.00 more right answers per 100 rows (95 %: +2.25 to +5.74).',
    ]);
    expect(verdict([100, 20, 60, 820])?.[0]).toMatch(/^The candidate is worse: 4.00 fewer right answers per 100 rows/);
    expect(verdict([100, 24, 20, 856])?.[0]).toMatch(
      /^No difference can be told: 0.40 more .* \(95 %: −0.\d\d to \+1.\d\d\); about \d+ rows would tell one of this size\.$/,
    );
  });

  test('of a regression says which is closer', () => {
    const random = seededRandom(51);
    const rows = Array.from({ length: 500 }, () => {
      const label = 100 + 10 * random.normal();
      return { label, baseline: label + 2 * random.normal(), candidate: label + random.normal() };
    });
    const { summary, metrics } = evaluated(task, { ...settings, kind: 'regression' }, rows, intervals);
    expect(summary?.[0]).toMatch(
      /^The candidate is better: it is 0\.\d+ closer on average \(95 %: −0\.\d+ to −0\.\d+\)\.$/,
    );
    expect(metrics['mseDifference']?.value).toBeLessThan(-2);
  });

  test('of rankings is of the mean of their qualities', () => {
    const rows = [
      { baseline: 0.5, candidate: 1 },
      { baseline: 0.25, candidate: 0.25 },
      { baseline: 1, candidate: 0.75 },
      { baseline: 0, candidate: 0.5 },
    ];
    const { metrics, summary, tables } = evaluated(task, { ...settings, kind: 'ranking' }, rows, intervals);
    expect(metrics['qualityBaseline']?.value).toBe(0.4375);
    expect(metrics['qualityCandidate']?.value).toBe(0.625);
    expect(metrics['qualityDifference']?.value).toBe(0.1875);
    expect(Object.keys(metrics)).not.toContain('accuracyDifference');
    expect(tables).toBeUndefined();
    expect(summary?.[0]).toMatch(/^No difference can be told: the quality of its rankings is 0.188 more \(95 %: −/);
    const parted = inParts(task, { ...settings, kind: 'ranking' }, rows, 3);
    expect(parted.evaluate(intervals).metrics).toEqual(metrics);
  });

  test('does not depend on the order of rows, nor on parts, even where it keeps a sample', () => {
    const random = seededRandom(52);
    const rows = rowsOf(10_000, random, 0.3);
    for (const size of ['whole', 'slice'] as const) {
      const whole = stateOf(task, settings, rows, size).evaluate(intervals);
      expect(inParts(task, settings, shuffled(rows, random), 6, size).evaluate(intervals)).toEqual(whole);
      expect(whole.warnings.length).toBe(size === 'slice' ? 1 : 0);
    }
    const [exact, sampled] = (['whole', 'slice'] as const).map(
      (size) => stateOf(task, settings, rows, size).evaluate(intervals).metrics['rocAucDifference']?.value as number,
    );
    expect(Math.abs((exact as number) - (sampled as number))).toBeLessThan(0.02);
  });

  test('of models that say the same has no difference and no p-value of areas', () => {
    const rows = rowsOf(50, seededRandom(53), 0).map((row) => ({ ...row, candidate: row.baseline }));
    const { metrics } = evaluated(task, settings, rows, intervals);
    expect(metrics['rocAucDifference']?.value).toBe(0);
    expect(metrics['rocAucPValue']).toEqual({ value: null, reason: 'the models rank all rows alike' });
    expect(metrics['mcnemarExactPValue']?.value).toBe(1);
  });

  test('names what is wrong with a row', () => {
    const state = task.start(settings, 'whole');
    expect(state.add({ label: 2, baseline: 0.1, candidate: 0.2 })).toBe('label: expected 0 or 1, got 2');
    expect(state.add({ label: 1, baseline: 0.1 })).toBe('candidate: expected a number, got nothing');
    expect(evaluated(task, settings, [], intervals).metrics['accuracyDifference']?.reason).toBe('there are no rows');
  });
});

describe('95 % intervals of differences cover what they should in 2,000 draws, within 1.5 points', () => {
  test.each(['bootstrap', 'analytic'] as const)('by method %s', { timeout: 60_000 }, (method) => {
    // The candidate alone is right in 12 of 100 rows, the baseline alone in 7.
    const coverage = coverageOf(2_000, 0.05, (seed) => {
      const random = seededRandom(seed);
      const state = new ComparisonState({ ...settings, kind: 'classification' }, 'slice');
      for (let i = 0; i < 200; i++) {
        const at = random.next();
        state.add({
          label: 'a',
          baseline: at < 0.12 || at > 0.8 ? 'b' : 'a',
          candidate: at > 0.12 && at < 0.19 ? 'b' : at > 0.8 ? 'b' : 'a',
        });
      }
      return state.evaluate({ ...intervals, method, draws: 500 }).metrics['accuracyDifference']?.interval;
    });
    expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(0.015);
  });

  test('of areas', { timeout: 60_000 }, () => {
    const truth = evaluated(task, settings, rowsOf(200_000, seededRandom(98), 0.4), { ...intervals, method: 'none' });
    const difference = truth.metrics['rocAucDifference']?.value as number;
    const coverage = coverageOf(2_000, difference, (seed) => {
      const state = stateOf(task, settings, rowsOf(100, seededRandom(seed), 0.4));
      return state.evaluate({ ...intervals, method: 'analytic' }).metrics['rocAucDifference']?.interval;
    });
    expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(0.015);
  });
});
