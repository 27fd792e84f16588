import { describe, expect, test } from 'vitest';
import { type SeededRandom, seededRandom } from '../../shared/core/seeded-random.ts';
import {
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS as DEFAULTS,
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS as settings,
  binaryClassificationTask as task,
} from '../../shared/metrics/classification/binary-classification-task.ts';
import { BinaryState } from '../../shared/metrics/classification/binary-state.ts';
import { confusionMetrics } from '../../shared/metrics/classification/confusion-metrics.ts';
import { binCount, binOf } from '../../shared/metrics/classification/score-bins.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { coverageOf, evaluated, inParts, shuffled, stateOf } from '../support/evaluate-rows.ts';

const intervals = { ...DEFAULT_INTERVALS, draws: 200 };
const none = { ...DEFAULT_INTERVALS, method: 'none' as const };

/** Rows of a logistic model of some skill, with whole, odd or no weights. */
function rowsOf(count: number, random: SeededRandom, weights: 'none' | 'odd' = 'none', decimals = 12) {
  return Array.from({ length: count }, () => {
    const label = random.next() < 0.3 ? 1 : 0;
    const score = Number((1 / (1 + Math.exp(-(random.normal() + 1.5 * label - 1)))).toFixed(decimals));
    return weights === 'none' ? { label, score } : { label, score, weight: random.next() * 3 };
  });
}

describe('a binary classification', () => {
  test('of four rows has the figures that are worked out by hand', () => {
    const rows = [
      { label: 0, score: 0.1 },
      { label: 0, score: 0.4 },
      { label: 1, score: 0.35 },
      { label: 1, score: 0.8 },
    ];
    const { metrics, tables } = evaluated(task, settings, rows, none);
    expect(metrics['rocAuc']).toEqual({ value: 0.75 });
    expect(metrics['averagePrecision']?.value).toBeCloseTo(5 / 6, 15);
    expect(metrics['accuracy']).toEqual({ value: 0.75 });
    expect(metrics['brierScore']?.value).toBeCloseTo((0.01 + 0.16 + 0.4225 + 0.04) / 4, 15);
    expect(tables?.['confusion']?.rows).toEqual([
      ['0', 2, 0],
      ['1', 1, 1],
    ]);
  });

  test.each(['none', 'odd'] as const)('does not depend on the order of rows, nor on parts (weights: %s)', (weights) => {
    const settings = { ...DEFAULTS, valuePerPositive: 3, costPerContact: 1 };
    const random = seededRandom(5);
    const rows = rowsOf(3_000, random, weights, 3);
    const whole = evaluated(task, settings, rows, intervals);
    const reordered = shuffled(rows, random);
    expect(evaluated(task, settings, reordered, intervals)).toEqual(whole);
    expect(inParts(task, settings, reordered, 7).evaluate(intervals)).toEqual(whole);
  });

  test('does not depend on them either where scores are counted in bins', () => {
    const random = seededRandom(6);
    const rows = rowsOf(40_000, random);
    const whole = stateOf(task, settings, rows, 'slice').evaluate(intervals);
    expect(whole.metrics['rocAuc']?.errorBound).toBeGreaterThan(0);
    expect(inParts(task, settings, shuffled(rows, random), 9, 'slice').evaluate(intervals)).toEqual(whole);
  });

  test('in bins keeps within the bound that it says, and closer than that', () => {
    const random = seededRandom(7);
    for (const weights of ['none', 'odd'] as const) {
      const rows = rowsOf(30_000, random, weights);
      const exact = evaluated(task, settings, rows, none).metrics;
      const binned = stateOf(task, settings, rows, 'slice').evaluate(none).metrics;
      for (const name of ['rocAuc', 'averagePrecision']) {
        const [value, bound] = [binned[name]?.value as number, binned[name]?.errorBound as number];
        expect(exact[name]?.errorBound).toBeUndefined();
        expect(bound).toBeLessThan(0.02);
        expect(Math.abs(value - (exact[name]?.value as number))).toBeLessThanOrEqual(bound);
        expect(Math.abs(value - (exact[name]?.value as number))).toBeLessThan(0.004);
      }
      expect(binned['logLoss']).toEqual(exact['logLoss']);
    }
  });

  test('in bins loses nothing where scores are rounded', () => {
    const rows = rowsOf(30_000, seededRandom(8), 'none', 2);
    const exact = evaluated(task, settings, rows, none).metrics;
    const binned = stateOf(task, settings, rows, 'slice').evaluate(none).metrics;
    expect(binned['rocAuc']?.errorBound).toBe(0);
    expect(binned['rocAuc']?.value).toBeCloseTo(exact['rocAuc']?.value as number, 12);
    expect(binned['bestF1Threshold']).toEqual(exact['bestF1Threshold']);
  });

  test('has null with a reason for what cannot be worked out', () => {
    const { metrics, warnings } = evaluated(task, settings, [{ label: 1, score: 0.7 }], intervals);
    expect(metrics['rocAuc']).toEqual({ value: null, reason: 'no row is labelled 0' });
    expect(metrics['matthewsCorrelation']?.reason).toBe('labels or predictions are all of one class');
    expect(warnings).toEqual(['No row is labelled 0.']);
    const empty = evaluated(task, settings, [], intervals).metrics;
    expect(empty['accuracy']).toEqual({ value: null, reason: 'there are no rows' });
    expect(Object.values(empty).every(({ value }) => value === null || value === 0)).toBe(true);
  });

  test('does not read margins as probabilities', () => {
    const rows = [
      { label: 0, score: -2 },
      { label: 1, score: 3 },
    ];
    const { metrics, curves } = evaluated(task, { ...settings, threshold: 0 }, rows, none);
    expect(metrics['logLoss']).toEqual({ value: null, reason: '2 scores lie outside 0 to 1' });
    expect([metrics['rocAuc']?.value, metrics['accuracy']?.value]).toEqual([1, 1]);
    expect(curves?.['calibration']).toBeUndefined();
  });

  test('finds the threshold that costs least', () => {
    const rows = rowsOf(2_000, seededRandom(9));
    const costs = { ...settings, costFalsePositive: 1, costFalseNegative: 9 };
    const { metrics } = evaluated(task, costs, rows, none);
    const threshold = metrics['cheapestThreshold']?.value as number;
    const there = evaluated(task, { ...costs, threshold }, rows, none).metrics;
    expect(there['costPerRow']?.value).toBe(metrics['cheapestCostPerRow']?.value);
    expect(threshold).toBeLessThan(0.25);
  });

  test('counts a row of weight 0 and nothing else of it', () => {
    const rows = rowsOf(50, seededRandom(10));
    const without = evaluated(task, settings, rows, none).metrics;
    const withZero = evaluated(task, settings, [...rows, { label: 1, score: 0.01, weight: 0 }], none).metrics;
    expect(withZero).toEqual({ ...without, count: { value: 51 } });
  });

  test.each([
    [{ label: 'maybe', score: 0.5 }, 'label: expected 0 or 1, got "maybe"'],
    [{ label: 1, score: 'high' }, 'score: expected a number, got "high"'],
    [{ label: 1 }, 'score: expected a number, got nothing'],
    [{ label: 1, score: 0.5, weight: -1 }, 'weight: expected a number from 0 to 1048576, got -1'],
    [{ label: 1, score: Number.POSITIVE_INFINITY }, 'score: expected a number, got null'],
  ])('names what is wrong with %j', (row, said) => {
    const state = task.start(settings, 'whole');
    expect(state.add(row)).toBe(said);
    expect(state.evaluate(none).metrics['count']?.value).toBe(0);
  });

  test('gives the lift at the top, with an interval that covers it, and gains by decile', () => {
    const rows = rowsOf(4_000, seededRandom(13));
    const { metrics, tables, curves, summary } = evaluated(
      task,
      { ...settings, atPercents: [10, 30] },
      rows,
      intervals,
    );
    const sorted = rows.toSorted((a, b) => b.score - a.score);
    const rate = (some: typeof rows) => some.reduce((sum, { label }) => sum + label, 0) / some.length;
    expect(metrics['lift@10']?.value).toBeCloseTo(rate(sorted.slice(0, 400)) / rate(rows), 12);
    expect(metrics['lift@30']?.value).toBeCloseTo(rate(sorted.slice(0, 1_200)) / rate(rows), 12);
    expect(metrics['lift@10']?.intervalMethod).toBe('bootstrap');
    const [first] = tables?.['gains']?.rows ?? [];
    expect(first?.slice(0, 3)).toEqual([1, 400, sorted.slice(0, 400).reduce((sum, { label }) => sum + label, 0)]);
    expect(tables?.['gains']?.rows).toHaveLength(10);
    expect(curves?.['gains']?.lines[0]?.y.at(-1)).toBe(1);
    expect([metrics['bestProfit'], curves?.['profit'], summary]).toEqual([undefined, undefined, undefined]);
  });

  test('gives the cut-off that earns most, in words as well', () => {
    const rows = rowsOf(4_000, seededRandom(14));
    const money = { ...settings, valuePerPositive: 5, costPerContact: 2 };
    const { metrics, curves, summary } = evaluated(task, money, rows, intervals);
    const cutOff = metrics['bestCutOff']?.value as number;
    const addressed = rows.filter(({ score }) => score >= cutOff);
    const profit = addressed.reduce((sum, { label }) => sum + 5 * label - 2, 0);
    expect([metrics['bestProfit']?.value, metrics['bestShare']?.value]).toEqual([profit, addressed.length / 4_000]);
    const [low, high] = metrics['bestProfit']?.interval ?? [0, 0];
    const analytic = evaluated(task, money, rows, { ...intervals, method: 'analytic' }).metrics['bestProfit'];
    expect(low / (analytic?.interval?.[0] ?? 1)).toBeCloseTo(1, 1);
    expect(high / (analytic?.interval?.[1] ?? 1)).toBeCloseTo(1, 1);
    expect(curves?.['profit']?.lines).toHaveLength(3);
    const expected = metrics['expectedProfit']?.value as number;
    expect([expected < profit, expected > 0.8 * profit]).toEqual([true, true]);
    expect(summary?.[0]).toMatch(
      /^Address the \d+\.\d % with a score of at least 0\.\d+: that earned [\d,.]+ on these 4,000 rows, all of them -?[\d,.]+; on as many others expect [\d,.]+ \(95 %: /,
    );
    const dear = evaluated(task, { ...money, costPerContact: 50 }, rows, intervals);
    expect(dear.metrics['bestCutOff']).toEqual({ value: null, reason: 'addressing nobody is best' });
    expect([dear.metrics['bestProfit'], dear.summary?.[0]]).toEqual([
      { value: 0 },
      'Address nobody: at no cut-off do the positives bring in more than the contacts cost.',
    ]);
  });

  test('in slices has lift and profit, but neither their tables nor their plots', () => {
    const money = { ...settings, valuePerPositive: 5, costPerContact: 2 };
    const slice = stateOf(task, money, rowsOf(30_000, seededRandom(15)), 'slice').evaluate(intervals);
    const whole = evaluated(task, money, rowsOf(30_000, seededRandom(15)), intervals);
    expect(slice.metrics['lift@10']).toMatchObject({ intervalMethod: 'delta', errorBound: expect.any(Number) });
    for (const name of ['lift@10', 'bestProfit']) {
      const [binned, exact] = [slice.metrics[name], whole.metrics[name]];
      const apart = Math.abs((binned?.value as number) - (exact?.value as number));
      expect(apart).toBeLessThanOrEqual(binned?.errorBound as number);
    }
    expect([slice.tables?.['gains'], slice.curves?.['gains'], slice.summary]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('draws at most 200 points a line', () => {
    const { curves } = evaluated(task, settings, rowsOf(5_000, seededRandom(11)), none);
    const lengths = Object.values(curves ?? {}).flatMap(({ lines }) => lines.map(({ x, y }) => [x.length, y.length]));
    expect(Math.max(...lengths.flat())).toBeLessThanOrEqual(200);
    expect(lengths[0]?.[0]).toBeGreaterThan(100);
  });
});

test('bins of scores keep their order, and coarser ones are halves of finer ones', () => {
  const random = seededRandom(12);
  const near = () => (random.next() - 0.3) * 2 ** (random.below(40) - 25);
  const scores = [...Array.from({ length: 5_000 }, near), 0, -0, 0.5, 1, 1e300, -1e300, 5e-324, 1 - 2 ** -53].sort(
    (a, b) => a - b,
  );
  const bins = scores.map((score) => binOf(score, 6));
  expect(bins).toEqual([...bins].sort((a, b) => a - b));
  expect([Math.min(...bins), Math.max(...bins)]).toEqual([0, binCount(6) - 1]);
  expect(scores.map((score) => binOf(score, 5))).toEqual(bins.map((bin) => bin >> 1));
});

describe('95 % intervals cover what they should in 2,000 draws, within 1.5 points', () => {
  // Positives' scores are normal about 1, negatives' about 0, so that the area is Φ(1 / √2).
  const AREA = 0.7602499389065233;
  const draw = (seed: number, rows: number): BinaryState => {
    const random = seededRandom(seed);
    const state = new BinaryState({ ...settings, threshold: 0.5 }, 'slice');
    for (let i = 0; i < rows; i++) {
      const label = random.next() < 0.4 ? 1 : 0;
      state.take(label, label + random.normal(), 1);
    }
    return state;
  };
  const states = Array.from({ length: 2_000 }, (_, seed) => draw(seed, 150));
  const analytic = states.map((state) => state.evaluate({ ...intervals, method: 'analytic' }).metrics);
  // P(score ≥ 1/2): Φ(1/2) of the positives, Φ(−1/2) of the negatives.
  const HIT = 0.6914624612740131;
  test.each([
    ['rocAuc', AREA],
    ['recall', HIT],
    ['accuracy', HIT],
    ['precision', (0.4 * HIT) / (0.4 * HIT + 0.6 * (1 - HIT))],
    ['f1', (2 * 0.4 * HIT) / (0.4 + 0.4 * HIT + 0.6 * (1 - HIT))],
    ['balancedAccuracy', HIT],
  ])('%s', (name, truth) => {
    const coverage = coverageOf(2_000, truth, (n) => analytic[n]?.[name]?.interval);
    expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(0.015);
  });

  test('by bootstrap of the confusion matrix', { timeout: 60_000 }, () => {
    const options = { ...DEFAULT_INTERVALS, draws: 400 };
    const found = states.map((state) => {
      const { f1, matthewsCorrelation } = bootstrapped(state, options);
      return { f1, matthewsCorrelation };
    });
    const f1 = (2 * 0.4 * HIT) / (0.4 + 0.4 * HIT + 0.6 * (1 - HIT));
    expect(Math.abs(coverageOf(2_000, f1, (n) => found[n]?.f1) - 0.95)).toBeLessThanOrEqual(0.015);
    const predicted = 0.4 * HIT + 0.6 * (1 - HIT);
    const correlation = (0.24 * (2 * HIT - 1)) / Math.sqrt(0.24 * predicted * (1 - predicted));
    const coverage = coverageOf(2_000, correlation, (n) => found[n]?.matthewsCorrelation);
    expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(0.015);
  });
});

function bootstrapped(state: BinaryState, options: typeof DEFAULT_INTERVALS) {
  const metrics = confusionMetrics(state.confusion, state.settings, options);
  return { f1: metrics['f1']?.interval, matthewsCorrelation: metrics['matthewsCorrelation']?.interval };
}
