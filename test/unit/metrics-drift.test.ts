import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_DRIFT_SETTINGS, type DriftSettings, driftTask } from '../../shared/metrics/drift/drift-task.ts';
import { DEFAULT_INTERVALS, type Evaluation, type IntervalOptions } from '../../shared/metrics/evaluation.ts';
import type { RowRecord, StateSize } from '../../shared/metrics/task.ts';
import { malformed } from '../support/compare-metrics.ts';
import { stateOf } from '../support/evaluate-rows.ts';
import { gatheredInParts } from '../support/parts-of.ts';
import { createRandom } from '../support/random.ts';

const source = seededRandom(12);
const random = createRandom(12);
const ANALYTIC: IntervalOptions = { ...DEFAULT_INTERVALS, method: 'analytic' };

function evaluated(
  rows: readonly RowRecord[],
  settings: Partial<DriftSettings> = {},
  size: StateSize = 'whole',
): Evaluation {
  return stateOf(driftTask, { ...DEFAULT_DRIFT_SETTINGS, ...settings }, rows, size).evaluate(ANALYTIC);
}

function shopRows(count: number, shift: number): RowRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const isCurrent = i % 2 === 1;
    return {
      sample: isCurrent ? 'current' : 'reference',
      basket: Math.exp(source.normal() + (isCurrent ? shift : 0)),
      temperature: source.normal() * 1e-3 - 5,
      country: random.pick(isCurrent ? ['de', 'fr'] : ['de', 'fr', 'it']),
      session: `s${random.below(3_000)}`,
      bought: source.below(10) === 0 ? 1 : 0,
    };
  });
}

const figure = ({ metrics }: Evaluation, name: string) => metrics[name]?.value ?? Number.NaN;

describe('drift', () => {
  test('tells in a sentence what has drifted, the label apart', () => {
    const { metrics, summary } = evaluated(shopRows(4_000, 1), {
      label: 'bought',
      features: ['basket', 'country', 'bought'],
    });
    expect(metrics['driftedFeatures']?.value).toBe(2);
    expect(summary?.[0]).toMatch(
      /^2 of 3 features have drifted \(.*0\.2 or more\): country \d\.\d\d, basket \d\.\d\d\.$/,
    );
    expect(summary?.[1]).toBe('The label, bought, has not drifted (0.00).');
  });

  test('is nothing between a sample and itself', () => {
    const rows = shopRows(200, 0).flatMap(({ sample, ...features }) => [
      { ...features, sample: 'reference' },
      { ...features, sample: 'current' },
    ]);
    const { metrics } = evaluated(rows);
    for (const name of ['basket', 'temperature', 'country', 'session', 'bought']) {
      for (const measure of ['psi', 'jensenShannon', 'chiSquare']) expect(metrics[`${measure}:${name}`]?.value).toBe(0);
      expect(metrics[`chiSquarePValue:${name}`]?.value).toBe(1);
    }
    expect(metrics['ks:basket']?.value).toBe(0);
    expect(metrics['ksPValue:basket']?.value).toBe(1);
  });

  test.each([
    ['exact', 'whole', 600],
    ['in ranges of numbers and with other categories', 'slice', 4_000],
  ] as const)('does not depend on the order of rows nor on parts: %s', (_, size, count) => {
    const rows = shopRows(count, 0.2);
    const whole = stateOf(driftTask, DEFAULT_DRIFT_SETTINGS, rows, size).evaluate(DEFAULT_INTERVALS);
    for (let round = 0; round < 4; round++) {
      const inParts = gatheredInParts(driftTask, DEFAULT_DRIFT_SETTINGS, rows, random, size);
      expect(inParts.evaluate(DEFAULT_INTERVALS)).toEqual(whole);
    }
    expect(malformed(whole)).toEqual([]);
    if (size === 'slice') expect(whole.metrics['ks:basket']?.errorBound).toBeGreaterThan(0);
  });

  test('taken together in ranges is within its bound of what it is exactly', () => {
    for (let round = 0; round < 6; round++) {
      const rows = shopRows(3_000, source.next());
      const [exact, ranges] = [evaluated(rows), evaluated(rows, {}, 'slice')];
      for (const name of ['ks:basket', 'ks:temperature']) {
        const { value, errorBound } = ranges.metrics[name] ?? {};
        expect(errorBound).toBeLessThan(0.05);
        expect(figure(exact, name)).toBeGreaterThanOrEqual((value ?? 0) - 1e-12);
        expect(figure(exact, name)).toBeLessThanOrEqual((value ?? 0) + (errorBound ?? 0) + 1e-12);
      }
      expect(Math.abs(figure(ranges, 'psi:basket') - figure(exact, 'psi:basket'))).toBeLessThan(0.05);
    }
  });

  test('takes texts for categories, numbers for numbers, and what is set for what it is set to', () => {
    const rows = shopRows(400, 0).map((row, i) => ({
      ...row,
      storeId: random.below(5),
      typo: i === 7 ? 'abc' : i,
      empty: i === 0 ? 'NaN' : null,
    }));
    const { metrics, warnings } = evaluated(rows, { kinds: { storeId: 'categorical' } });
    expect(metrics['ks:basket']).toBeDefined();
    expect(metrics['ks:country']).toBeUndefined();
    expect(metrics['ks:storeId']).toBeUndefined();
    expect(metrics['ks:typo']).toBeDefined();
    expect(warnings).toContain('typo: 1 cells are no numbers and were left out.');
    expect(metrics['psi:empty']).toEqual({ value: null, reason: 'the reference has no value of empty' });
  });

  test('reads objects under reference and current, and bare values', () => {
    const objects = evaluated([{ reference: { a: 1, b: 'x' }, current: { a: 2, b: 'x' } }]);
    expect(figure(objects, 'ks:a')).toBe(1);
    expect(figure(objects, 'psi:b')).toBe(0);
    const bare = evaluated([
      { reference: '1', current: '2' },
      { reference: '3', current: '' },
    ]);
    expect([figure(bare, 'referenceCount'), figure(bare, 'currentCount')]).toEqual([2, 1]);
    expect(figure(bare, 'ks:value')).toBe(0.5);
  });

  test.each([
    [{ sample: 'later', a: 1 }, 'sample: expected "reference" or "current", got "later"'],
    [{ a: 1 }, 'sample: expected "reference" or "current", or a row with reference and current'],
    [{ reference: [1], current: 2 }, 'reference: expected an object of features or a value, got [1]'],
  ])('says what is wrong with %j and takes nothing', (row, fault) => {
    const state = driftTask.start(DEFAULT_DRIFT_SETTINGS, 'whole');
    expect(state.add(row)).toBe(fault);
    expect(figure(state.evaluate(DEFAULT_INTERVALS), 'currentCount')).toBe(0);
  });

  test('of nothing, of one side, of one value has no figure that is no number', () => {
    for (const rows of [
      [],
      [{ reference: 1 }],
      [{ current: 'x' }],
      [{ reference: 1, current: 1 }],
      [{ reference: -1e308, current: 5e-324 }],
    ]) {
      expect(malformed(evaluated(rows))).toEqual([]);
    }
    expect(evaluated([]).summary).toEqual(['There is nothing to compare: no feature has values in both samples.']);
  });

  test('of too many features leaves some out and says so', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]));
    const { tables, warnings } = evaluated([
      { sample: 'reference', ...wide },
      { sample: 'current', ...wide },
    ]);
    expect(tables?.['features']?.rows).toHaveLength(64);
    expect(warnings).toContain(
      'There are more than 64 features: the others were left out. Name the ones that matter in features.',
    );
  });
});
