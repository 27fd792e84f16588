import { expect, test } from 'vitest';
import { ScoreCells } from '../../shared/metrics/marketing/score-cells.ts';
import { areaOverRandom, curvePoints, qiniValue, upliftValue } from '../../shared/metrics/marketing/uplift-curves.ts';
import { readVectors } from '../support/compare-metrics.ts';

interface CausalCase {
  readonly treatment: readonly number[];
  readonly score: readonly number[];
  readonly outcome: readonly number[];
  /** After each row by falling score, from (0, 0) on. */
  readonly qiniCurve: readonly number[];
  readonly gainCurve: readonly number[];
  readonly qini: number;
  readonly auuc: number;
}

const { cases } = readVectors<CausalCase>('causal');

function countsOf({ treatment, score, outcome }: CausalCase): Uint32Array {
  const cells = new ScoreCells('slice');
  score.forEach((value, row) => {
    cells.add(value, 2 * (treatment[row] as number) + (outcome[row] as number));
  });
  return cells.table.counts;
}

/** Rows by falling score from which on both arms have somebody: before, causalml interpolates, and we count a rate of nobody as 0. */
function firstWithBoth({ treatment, score }: CausalCase): number {
  const order = score.map((_, row) => row).sort((a, b) => (score[b] as number) - (score[a] as number));
  const arms = order.map((row) => treatment[row]);
  return 1 + Math.max(arms.indexOf(0), arms.indexOf(1));
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

test('curves of Qini and of gains are those of causalml wherever both arms have somebody', () => {
  expect(cases.length).toBeGreaterThanOrEqual(200);
  let points = 0;
  const wrong = cases.flatMap((each, n) => {
    const counts = countsOf(each);
    const from = firstWithBoth(each);
    const pairs = [
      ['qini', curvePoints(counts, qiniValue).y, each.qiniCurve],
      ['gain', curvePoints(counts, upliftValue).y, each.gainCurve],
    ] as const;
    return pairs.flatMap(([name, ours, theirs]) => {
      expect(ours.length).toBe(theirs.length);
      points += theirs.length - from;
      return theirs.flatMap((value, i) =>
        i < from || near(ours[i] as number, value)
          ? []
          : [`case ${n}, ${name} at ${i}: ${ours[i]} instead of ${value}`],
      );
    });
  });
  console.info(`causalml: ${cases.length} cases, ${points} points`);
  expect(wrong).toEqual([]);
});

test('scores are its own in its normalisation: a mean over rows where ours is an area between the ends', () => {
  const wrong = cases.flatMap((each, n) => {
    const [counts, from] = [countsOf(each), firstWithBoth(each)];
    // Until both arms have somebody, the points are causalml's.
    const mixed = (ours: Float64Array, theirs: readonly number[]) =>
      ours.map((y, i) => (i < from ? (theirs[i] ?? 0) : y));
    const mean = (curve: Float64Array) => curve.reduce((sum, value) => sum + value, 0) / curve.length;
    const qini = curvePoints(counts, qiniValue).y;
    const last = qini.at(-1) as number;
    const found = {
      qini: mean(mixed(qini, each.qiniCurve)) - last / 2,
      auuc: mean(mixed(curvePoints(counts, upliftValue).y, each.gainCurve)),
    };
    // Our area: the sum over points less half of the ends (rule of trapezoids), less the triangle of chance.
    const sum = qini.reduce((total, value) => total + value, 0);
    expect(areaOverRandom(counts, qiniValue)).toBeCloseTo(sum - last / 2 - (each.score.length * last) / 2, 9);
    return (['qini', 'auuc'] as const).flatMap((name) =>
      near(found[name], each[name]) ? [] : [`case ${n}: ${name} ${found[name]} instead of ${each[name]}`],
    );
  });
  expect(wrong).toEqual([]);
});
