import { describe, expect, test } from 'vitest';
import { drawBinomial, drawMultinomial } from '../../shared/core/draw-binomial.ts';
import { seededRandom } from '../../shared/core/seeded-random.ts';

describe('drawBinomial', () => {
  test.each([
    [10, 0.3],
    [40, 0.7],
    [60, 0.4],
    [5_000, 0.003],
    [100_000, 0.9],
  ])('of %d trials of %d has the mean and the variance that it should', (trials, share) => {
    const random = seededRandom(trials);
    const drawn = Array.from({ length: 40_000 }, () => drawBinomial(trials, share, random));
    const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
    const variance = drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / drawn.length;
    const wanted = trials * share * (1 - share);
    expect(Math.abs(mean - trials * share)).toBeLessThan(4 * Math.sqrt(wanted / drawn.length));
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(4 * Math.sqrt(2.5 / drawn.length));
    expect(drawn.every((each) => Number.isInteger(each) && each >= 0 && each <= trials)).toBe(true);
  });

  test('by rejection has the probabilities themselves', () => {
    const random = seededRandom(2);
    const [trials, share, draws] = [30, 0.45, 60_000];
    const counts = new Array<number>(trials + 1).fill(0);
    for (let i = 0; i < draws; i++) {
      const k = drawBinomial(trials, share, random);
      counts[k] = (counts[k] as number) + 1;
    }
    let probability = (1 - share) ** trials;
    let chiSquare = 0;
    for (let k = 0; k <= trials; k++) {
      if (draws * probability >= 5)
        chiSquare += ((counts[k] as number) - draws * probability) ** 2 / (draws * probability);
      probability *= ((trials - k) / (k + 1)) * (share / (1 - share));
    }
    expect(chiSquare).toBeLessThan(49.7); // 99.9 % of the distribution with 23 degrees of freedom
  });

  test('knows certain outcomes', () => {
    const random = seededRandom(3);
    expect([drawBinomial(7, 0, random), drawBinomial(7, 1, random), drawBinomial(0, 0.5, random)]).toEqual([0, 7, 0]);
  });
});

test('drawMultinomial draws as many as asked, none from empty cells', () => {
  const random = seededRandom(4);
  const drawn = drawMultinomial(1_000, [3, 0, 5, 2], random, new Float64Array(4));
  expect(drawn.reduce((sum, each) => sum + each, 0)).toBe(1_000);
  expect(drawn[1]).toBe(0);
  expect(Math.abs((drawn[2] as number) - 500)).toBeLessThan(70);
});
