import { describe, expect, test } from 'vitest';
import {
  betaQuantile,
  binomialTest,
  chiSquareQuantile,
  chiSquareSurvival,
  incompleteBeta,
  normalCdf,
  normalQuantile,
  studentTCdf,
  studentTQuantile,
} from '../../shared/core/distributions.ts';
import { incompleteBetaTails } from '../../shared/core/special-functions.ts';

describe('the ends of a distribution', () => {
  test('are reached by shares of 0 and 1', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([studentTQuantile(0, 4), studentTQuantile(1, 4)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect([chiSquareQuantile(0, 4), chiSquareQuantile(1, 4)]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
  });

  test('hold everything', () => {
    expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
    expect([studentTCdf(Number.NEGATIVE_INFINITY, 3), studentTCdf(Number.POSITIVE_INFINITY, 3)]).toEqual([0, 1]);
    expect([chiSquareSurvival(0, 1), chiSquareSurvival(Number.POSITIVE_INFINITY, 1)]).toEqual([1, 0]);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });
});

test('the middle is the middle', () => {
  expect(normalQuantile(0.5)).toBe(0);
  expect(studentTQuantile(0.5, 7)).toBe(0);
  expect(normalCdf(0)).toBe(0.5);
  expect(studentTCdf(0, 7)).toBe(0.5);
  expect(normalQuantile(0.5 + 1e-12) / (1e-12 * Math.sqrt(2 * Math.PI))).toBeCloseTo(1, 3);
});

test("a number that is none gives one that is none, and doesn't hang", () => {
  expect(normalCdf(Number.NaN)).toBeNaN();
  expect(studentTCdf(Number.NaN, 3)).toBeNaN();
  expect(chiSquareSurvival(Number.NaN, 3)).toBeNaN();
});

// By mpmath 1.3 with 50 digits; the lower tail is here the one that is left of 1.
test.each([
  [0.9996180167445691, 411825.65848724096, 145.33316330520526, 0.15878241639545115],
  [0.999980416192768, 142970.04361968965, 0.18430546761432928, 0.004252252766435883],
  [0.9999926142640216, 504438.8252208166, 1.3404526025674346, 0.045632048867260445],
])('the beta distribution is right at %f with %f and %f', (x, a, b, expected) => {
  expect(Math.abs(incompleteBeta(x, a, b) - expected)).toBeLessThan(1e-12);
  const { lower, upper } = incompleteBetaTails(x, a, b);
  expect(lower + upper).toBe(1);
});

test('a balanced coin is unsuspicious, and all heads are as unlikely as all tails', () => {
  expect(binomialTest(5, 10)).toBe(1);
  expect(binomialTest(10, 10)).toBe(2 ** -9);
  expect(binomialTest(0, 10)).toBe(2 ** -9);
});
