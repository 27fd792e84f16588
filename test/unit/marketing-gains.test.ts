import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import {
  bestCutOff,
  gainsBins,
  gainsCurve,
  liftsAt,
  profitCurve,
  type ScoredOutcomes,
} from '../../shared/metrics/marketing/gains.ts';

interface Columns {
  readonly scores: number[];
  readonly positives: number[];
  readonly negatives: number[];
}

const walked = ({ scores, positives, negatives }: Columns, isBlurred = false): ScoredOutcomes => ({
  walkDown(visit) {
    scores.forEach((score, i) => {
      const [p, n] = [positives[i] as number, negatives[i] as number];
      visit(score, p, n, p, n, isBlurred);
    });
  },
});
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const totalsOf = ({ positives, negatives }: Columns) => ({ positives: sum(positives), negatives: sum(negatives) });

/** 10 rows a score; the best 20 hold 8 and 4 of 16 positives. */
const COLUMNS = {
  scores: [0.9, 0.8, 0.5, 0.3, 0.1],
  positives: [8, 4, 2, 1, 1],
  negatives: [2, 6, 8, 9, 9],
};
const OUTCOMES = walked(COLUMNS);
const TOTALS = totalsOf(COLUMNS);
const binsOf = (columns: Columns, bins: number) => gainsBins(walked(columns), totalsOf(columns), bins);
const MONEY = { valuePerPositive: 10, costPerContact: 3 };

describe('lift and gains', () => {
  test('are shares of the whole by fifths', () => {
    const bins = binsOf(COLUMNS, 5);
    expect(bins.map(({ lift }) => lift)).toEqual([0.8 / 0.32, 0.4 / 0.32, 0.2 / 0.32, 0.1 / 0.32, 0.1 / 0.32]);
    expect(bins.map(({ cumulativeGain }) => cumulativeGain)).toEqual([8 / 16, 12 / 16, 14 / 16, 15 / 16, 1]);
    expect(bins.at(-1)?.cumulativeLift).toBe(1);
    const [lift] = liftsAt(OUTCOMES, TOTALS, [0.4]);
    expect([lift?.value, lift?.errorBound]).toEqual([expect.closeTo(0.6 / 0.32, 12), 0]);
  });

  test('divide equal scores in proportion', () => {
    const equal = { scores: [0.5], positives: [30], negatives: [70] };
    for (const bin of binsOf(equal, 10)) {
      expect(bin.positives).toBeCloseTo(3, 12);
      expect(bin.lift).toBeCloseTo(1, 12);
    }
  });

  test('are null where nobody is positive, and where there are no rows', () => {
    const none = { scores: [0.5], positives: [0], negatives: [7] };
    expect(binsOf(none, 2).map(({ lift, cumulativeGain }) => [lift, cumulativeGain])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(gainsCurve(walked(none), totalsOf(none))).toBeNull();
    const empty = { scores: [], positives: [], negatives: [] };
    expect(liftsAt(walked(empty), totalsOf(empty), [0.1])).toEqual([{ value: null, errorBound: 0 }]);
    expect(binsOf(empty, 10).map(({ rows, lift }) => [rows, lift])).toEqual(Array(10).fill([0, null]));
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
    const inTenths = binsOf(outcomes, 10).map(({ positives }) => positives);
    const counted = Array.from({ length: 10 }, (_, bin) =>
      rows.slice(100 * bin, 100 * (bin + 1)).reduce((sum, { positive }) => sum + positive, 0),
    );
    expect(inTenths).toEqual(counted);
  });
});

describe('profit', () => {
  test('is highest where the next group no longer pays for itself', () => {
    expect(bestCutOff(OUTCOMES, MONEY)).toEqual({
      score: 0.8,
      share: 0.4,
      profit: 60,
      errorBound: 0,
      addressed: { positives: 12, negatives: 8, positiveSquares: 12, negativeSquares: 8 },
    });
    expect(bestCutOff(OUTCOMES, { valuePerPositive: 10, costPerContact: 0.5 })).toMatchObject({
      score: 0.1,
      share: 1,
      profit: 135,
    });
  });

  test('is 0 where addressing nobody is best', () => {
    expect(bestCutOff(OUTCOMES, { valuePerPositive: 1, costPerContact: 3 })).toMatchObject({
      score: null,
      share: 0,
      profit: 0,
    });
  });

  test('has its curve through the best cut-off', () => {
    const [line] = profitCurve(OUTCOMES, TOTALS, MONEY, bestCutOff(OUTCOMES, MONEY)).lines;
    expect(line?.x).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(line?.y).toEqual([0, 50, 60, 50, 30, 10]);
  });
});

describe('bins of scores whose order is not known', () => {
  // 1,000 rows in an order of chance, in bins of 1 to 60 of them.
  const random = seededRandom(8);
  const rows = Array.from({ length: 1_000 }, (_, i) => ({
    score: -i,
    positive: random.next() < 0.6 - i / 2_000 ? 1 : 0,
  }));
  const single = {
    scores: rows.map(({ score }) => score),
    positives: rows.map(({ positive }) => positive as number),
    negatives: rows.map(({ positive }) => 1 - positive),
  };

  test.each([2, 7, 60])('keep lift and profit within the bounds that are said (%s rows each)', (size) => {
    const bins = Array.from({ length: Math.ceil(rows.length / size) }, (_, bin) => [bin * size, (bin + 1) * size]);
    const binned = {
      scores: bins.map(([, to]) => -(to as number)),
      positives: bins.map(([from, to]) => sum(single.positives.slice(from, to))),
      negatives: bins.map(([from, to]) => sum(single.negatives.slice(from, to))),
    };
    const shares = [0.013, 0.1, 0.25, 0.5, 0.777];
    const exact = liftsAt(walked(single), totalsOf(single), shares);
    const blurred = liftsAt(walked(binned, true), totalsOf(binned), shares);
    blurred.forEach(({ value, errorBound }, i) => {
      expect(Math.abs((value ?? 0) - (exact[i]?.value ?? 0))).toBeLessThanOrEqual(errorBound + 1e-9);
    });
    expect(Math.max(...blurred.map(({ errorBound }) => errorBound))).toBeGreaterThan(0);
    const money = { valuePerPositive: 2, costPerContact: 1 };
    const [best, inBins] = [bestCutOff(walked(single), money), bestCutOff(walked(binned, true), money)];
    expect(inBins.profit).toBeLessThanOrEqual(best.profit);
    expect(best.profit - inBins.profit).toBeLessThanOrEqual(inBins.errorBound);
  });
});
