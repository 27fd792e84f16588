import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { compareArm } from '../../shared/metrics/marketing/ab-test-comparison.ts';
import { DEFAULT_AB_TEST_SETTINGS } from '../../shared/metrics/marketing/ab-test-task.ts';
import { shareDifference } from '../../shared/metrics/marketing/difference.ts';
import { holmAdjusted } from '../../shared/metrics/marketing/holm.ts';
import { Moments } from '../../shared/metrics/marketing/moments.ts';
import { meansPower, sharesPower, sharesSampleSize } from '../../shared/metrics/marketing/power.ts';
import { sampleRatioPValue } from '../../shared/metrics/marketing/sample-ratio.ts';
import { deviationsOf } from '../support/deviations.ts';

const Maybe = z.number().nullable();
const Arm = z.object({ y: z.array(z.number()), x: z.array(z.number()), d: z.array(z.number()) });
const VectorsSchema = z.object({
  shares: z
    .array(
      z.object({
        hits: z.tuple([z.number(), z.number()]),
        rows: z.tuple([z.number(), z.number()]),
        level: z.number(),
        pValue: Maybe,
        difference: z.array(Maybe),
        ratio: z.array(Maybe),
      }),
    )
    .min(400),
  means: z
    .array(
      z.object({
        control: Arm,
        treatment: Arm,
        level: z.number(),
        welch: z.array(Maybe),
        cuped: z.array(Maybe),
        ratio: z.array(Maybe),
      }),
    )
    .min(100),
  holm: z.array(z.object({ pValues: z.array(z.number()), adjusted: z.array(z.number()) })).min(100),
  sampleRatio: z
    .array(z.object({ counts: z.array(z.number()), shares: z.array(z.number()), pValue: z.number() }))
    .min(100),
  power: z
    .array(
      z.object({
        shares: z.tuple([z.number(), z.number()]),
        ratio: z.number(),
        alpha: z.number(),
        rows: z.number(),
        power: z.number(),
        sharesPower: z.number(),
        sharesSize: z.number(),
        deviations: z.tuple([z.number(), z.number()]),
        difference: z.number(),
        meansPower: z.number(),
      }),
    )
    .min(100),
});

const vectors = VectorsSchema.parse(
  JSON.parse(readFileSync(new URL('marketing/experiments.json', import.meta.url), 'utf8')),
);

function momentsOf({ y, x, d }: z.infer<typeof Arm>): Moments {
  const moments = new Moments();
  y.forEach((value, row) => {
    moments.add(value, x[row], d[row]);
  });
  return moments;
}

test('two shares: p-value and interval are those of statsmodels', () => {
  const wrong = vectors.shares.flatMap((each) => {
    const [control, treatment] = [0, 1].map((arm) => ({
      successes: each.hits[arm] as number,
      count: each.rows[arm] as number,
    })) as [{ successes: number; count: number }, { successes: number; count: number }];
    const { pValue, interval } = shareDifference(control, treatment, each.level);
    return deviationsOf([pValue, ...(interval ?? [])], [each.pValue, ...each.difference], 1e-9);
  });
  expect(wrong).toEqual([]);
});

test('two shares: the interval of their ratio is that of statsmodels', () => {
  const wrong = vectors.shares
    .filter(({ ratio }) => ratio.every((end) => end !== null))
    .flatMap((each) => {
      const sums = [0, 1].map((arm) => {
        const [hits, rows] = [each.hits[arm] as number, each.rows[arm] as number];
        // Whole data sets by their sums: y is 1 `hits` times.

        return new Moments({ count: rows, isBinary: true, y: bins(hits), yy: bins(hits) });
      }) as [Moments, Moments];
      const shape = { hasCovariate: false, hasDenominator: false, level: each.level };
      const { relative } = compareArm('b', ...sums, DEFAULT_AB_TEST_SETTINGS, shape);
      return deviationsOf([...(relative?.interval ?? [null, null])].map(plusOne), each.ratio, 1e-9);
    });
  expect(wrong).toEqual([]);
});

test('two means: Welch, CUPED and the delta method are those of SciPy', () => {
  const wrong = vectors.means.flatMap((each) => {
    const [control, treatment] = [momentsOf(each.control), momentsOf(each.treatment)];
    const shape = { hasCovariate: true, hasDenominator: false, level: each.level };
    const { main, cuped } = compareArm('b', control, treatment, DEFAULT_AB_TEST_SETTINGS, shape);
    const asRatio = { hasCovariate: false, hasDenominator: true, level: each.level };
    const ratio = compareArm('b', control, treatment, DEFAULT_AB_TEST_SETTINGS, asRatio).main;
    return [
      ...deviationsOf([main.difference, ...(main.interval ?? []), main.pValue], each.welch, 1e-9),
      ...deviationsOf([...(cuped?.interval ?? []), cuped?.pValue ?? null], each.cuped, 1e-9),
      ...deviationsOf([ratio.difference, ratio.pValue], each.ratio, 1e-9),
    ];
  });
  expect(wrong).toEqual([]);
});

test("Holm's p-values are those of statsmodels", () => {
  const wrong = vectors.holm.flatMap((each) => deviationsOf(holmAdjusted(each.pValues), each.adjusted, 1e-12));
  expect(wrong).toEqual([]);
});

test("the sample ratio's p-value is that of SciPy's chi-square test", () => {
  const wrong = vectors.sampleRatio.flatMap((each) =>
    deviationsOf([sampleRatioPValue(each.counts, each.shares)], [each.pValue], 1e-9),
  );
  expect(wrong).toEqual([]);
});

test('power and sample size are those of statsmodels', () => {
  const wrong = vectors.power.flatMap((each) => {
    const { shares, deviations, rows, power } = each;
    const [control, treatment] = deviations;
    const ours = [
      sharesPower(...shares, rows, each),
      sharesSampleSize(...shares, power, each),
      meansPower(each.difference, { control, treatment }, rows, each),
    ];
    return deviationsOf(ours, [each.sharesPower, each.sharesSize, each.meansPower], 1e-9);
  });
  expect(wrong).toEqual([]);
});

/** Sums below 2^53 are saved as the unit's bin. */
function bins(total: number): number[] {
  return [0, total, 0, 0];
}

function plusOne(value: number | null): number | null {
  return value === null ? null : value + 1;
}
