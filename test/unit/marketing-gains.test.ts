import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { bestCutOff, gainsBins, gainsCurve, liftAt, profitCurve } from '../../shared/metrics/marketing/gains.ts';

/** 10 rows a score; the best 20 hold 8 and 4 of 16 positives. */
const OUTCOMES = {
  scores: [0.9, 0.8, 0.5, 0.3, 0.1],
  positives: [8, 4, 2, 1, 1],
  negatives: [2, 6, 8, 9, 9],
};

describe('lift and gains', () => {
  test('are shares of the whole by fifths', () => {
    const bins = gainsBins(OUTCOMES, 5);
    expect(bins.map(({ lift }) => lift)).toEqual([0.8 / 0.32, 0.4 / 0.32, 0.2 / 0.32, 0.1 / 0.32, 0.1 / 0.32]);
    expect(bins.map(({ cumulativeGain }) => cumulativeGain)).toEqual([8 / 16, 12 / 16, 14 / 16, 15 / 16, 1]);
    expect(bins.at(-1)?.cumulativeLift).toBe(1);
    expect(liftAt(OUTCOMES, 0.4)).toBeCloseTo(0.6 / 0.32, 12);
  });

  test('divide equal scores in proportion', () => {
    const equal = { scores: [0.5], positives: [30], negatives: [70] };
    for (const bin of gainsBins(equal, 10)) {
      expect(bin.positives).toBeCloseTo(3, 12);
      expect(bin.lift).toBeCloseTo(1, 12);
    }
  });

  test('are null where nobody is positive, and where there are no rows', () => {
    const none = { scores: [0.5], positives: [0], negatives: [7] };
    expect(gainsBins(none, 2).map(({ lift, cumulativeGain }) => [lift, cumulativeGain])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(gainsCurve(none)).toBeNull();
    expect(liftAt({ scores: [], positives: [], negatives: [] }, 0.1)).toBeNull();
  });

  test('of rows without ties are what sorting them gives', () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 1_000 }, () => ({
      score: random.next(),
      positive: random.below(3) === 0 ? 1 : 0,
    }));
    rows.sort((a, b) => b.score - a.score);
    const outcomes = {
      scores: rows.map(({ score }) => score),
      positives: rows.map(({ positive }) => positive),
      negatives: rows.map(({ positive }) => 1 - positive),
    };
    const inTenths = gainsBins(outcomes, 10).map(({ positives }) => positives);
    const counted = Array.from({ length: 10 }, (_, bin) =>
      rows.slice(100 * bin, 100 * (bin + 1)).reduce((sum, { positive }) => sum + positive, 0),
    );
    expect(inTenths).toEqual(counted);
  });
});

describe('profit', () => {
  test('is highest where the next group no longer pays for itself', () => {
    expect(bestCutOff(OUTCOMES, { valuePerPositive: 10, costPerContact: 3 })).toEqual({
      score: 0.8,
      share: 0.4,
      profit: 60,
    });
    expect(bestCutOff(OUTCOMES, { valuePerPositive: 10, costPerContact: 0.5 })).toEqual({
      score: 0.1,
      share: 1,
      profit: 135,
    });
  });

  test('is 0 where addressing nobody is best', () => {
    expect(bestCutOff(OUTCOMES, { valuePerPositive: 1, costPerContact: 3 })).toEqual({
      score: null,
      share: 0,
      profit: 0,
    });
  });

  test('has its curve through the best cut-off', () => {
    const [line] = profitCurve(OUTCOMES, { valuePerPositive: 10, costPerContact: 3 }).lines;
    expect(line?.x).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(line?.y).toEqual([0, 50, 60, 50, 30, 10]);
  });
});
