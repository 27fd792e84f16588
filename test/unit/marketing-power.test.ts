import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import {
  detectableDifference,
  meansPower,
  meansSampleSize,
  neededTimes,
  sharesPower,
  sharesSampleSize,
} from '../../shared/metrics/marketing/power.ts';

const TEST = { alpha: 0.05, ratio: 2 };
const DEVIATIONS = { control: 3, treatment: 5 };

describe('sample size', () => {
  test('of two means has the power that was asked for', () => {
    const rows = meansSampleSize(0.7, DEVIATIONS, 0.8, TEST);
    expect(meansPower(0.7, DEVIATIONS, rows, TEST)).toBeCloseTo(0.8, 5);
    expect(detectableDifference(DEVIATIONS, rows, 0.8, TEST)).toBeCloseTo(0.7, 12);
  });

  test('of two shares has the power that was asked for', () => {
    const rows = sharesSampleSize(0.1, 0.12, 0.9, TEST);
    expect(sharesPower(0.1, 0.12, rows, TEST)).toBeCloseTo(0.9, 6);
    expect(sharesPower(0.12, 0.1, rows, { ...TEST, ratio: 1 })).toBeLessThan(0.9);
  });

  test('is without end where there is no difference', () => {
    expect(sharesSampleSize(0.1, 0.1, 0.8, TEST)).toBe(Number.POSITIVE_INFINITY);
    expect(meansSampleSize(0, DEVIATIONS, 0.8, TEST)).toBe(Number.POSITIVE_INFINITY);
    expect(neededTimes(0, 1, 0.8, 0.05)).toBe(Number.POSITIVE_INFINITY);
  });

  test('by the customers there were is enough as often as it says', () => {
    // An estimate one standard error from 0: so many times as many rows make that error smaller.
    const times = neededTimes(1, 1, 0.8, 0.05);
    const random = seededRandom(21);
    const error = 1 / Math.sqrt(times);
    const found = Array.from({ length: 100_000 }, () => Math.abs(1 + error * random.normal()) > 1.959964 * error);
    expect(found.filter(Boolean).length / found.length).toBeCloseTo(0.8, 2);
  });
});
