import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ScoreCells } from '../../shared/metrics/marketing/score-cells.ts';
import {
  normalisedUpliftArea,
  qiniCoefficient,
  upliftAt,
  upliftByBin,
  upliftOf,
} from '../../shared/metrics/marketing/uplift-curves.ts';
import { deviationsOf } from '../support/deviations.ts';

const Maybe = z.number().nullable();
const VectorsSchema = z.object({
  cases: z
    .array(
      z.object({
        treatment: z.array(z.number()),
        score: z.array(z.number()),
        outcome: z.array(z.number()),
        qini: Maybe,
        auuc: Maybe,
        at30: Maybe.optional(),
        percentiles: z.array(z.tuple([z.number(), z.number(), Maybe])).optional(),
      }),
    )
    .min(150),
});
const { cases } = VectorsSchema.parse(
  JSON.parse(readFileSync(new URL('marketing/uplift.json', import.meta.url), 'utf8')),
);

function countsOf({ treatment, score, outcome }: (typeof cases)[number]): Uint32Array {
  const cells = new ScoreCells('slice');
  score.forEach((value, row) => {
    cells.add(value, 2 * (treatment[row] as number) + (outcome[row] as number));
  });
  return cells.table.counts;
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

test('Qini and AUUC are those of scikit-uplift, ties included', () => {
  const wrong = cases.flatMap((each) => {
    const counts = countsOf(each);
    return deviationsOf(
      [qiniCoefficient(counts), normalisedUpliftArea(counts)].map(finite),
      [each.qini, each.auuc],
      1e-9,
    );
  });
  expect(wrong).toEqual([]);
});

test('uplift at 30 % is that of scikit-uplift', () => {
  const without = cases.filter(({ at30 }) => at30 !== undefined);
  expect(without.length).toBeGreaterThan(40);
  expect(
    without.flatMap((each) => deviationsOf([finite(upliftAt(countsOf(each), 0.3))], [each.at30 ?? null], 1e-9)),
  ).toEqual([]);
});

test('uplift by percentile is that of scikit-uplift', () => {
  const wrong = cases.flatMap((each) =>
    (each.percentiles ?? []).flatMap(([treated, control, uplift], bin) => {
      const cells = upliftByBin(countsOf(each), 5)[bin] ?? [0, 0, 0, 0];
      const ours = [cells[2] + cells[3], cells[0] + cells[1], finite(upliftOf(cells))];
      return deviationsOf(ours, [treated, control, uplift], 1e-9);
    }),
  );
  expect(wrong).toEqual([]);
});
