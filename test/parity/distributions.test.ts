import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as distributions from '../../shared/core/distributions.ts';
import { logGamma } from '../../shared/core/special-functions.ts';

const VectorsSchema = z.object({
  provenance: z.string(),
  cases: z.record(z.string(), z.array(z.array(z.number()).min(2)).min(100)),
});
const vectors = VectorsSchema.parse(
  JSON.parse(readFileSync(new URL('distributions/vectors.json', import.meta.url), 'utf8')),
);

const FUNCTIONS: Record<string, (...numbers: number[]) => number> = {
  normalCdf: distributions.normalCdf,
  normalQuantile: distributions.normalQuantile,
  studentTCdf: distributions.studentTCdf,
  studentTQuantile: distributions.studentTQuantile,
  chiSquareSurvival: distributions.chiSquareSurvival,
  chiSquareQuantile: distributions.chiSquareQuantile,
  incompleteBeta: distributions.incompleteBeta,
  betaQuantile: distributions.betaQuantile,
  binomialTest: distributions.binomialTest,
  binomialCdf: distributions.binomialCdf,
  fSurvival: distributions.fSurvival,
  kolmogorovSurvival: distributions.kolmogorovSurvival,
  logGamma,
};

/** Relative; where a small tail is what its large complement leaves of 1, fewer digits are there. */
const TOLERANCES: Record<string, number> = { incompleteBeta: 5e-11, betaQuantile: 5e-11, studentTQuantile: 5e-12 };

test.each(Object.entries(vectors.cases))('%s is what the oracle says', (name, cases) => {
  const distribution = FUNCTIONS[name];
  const tolerance = TOLERANCES[name] ?? 1e-12;
  const wrong = cases.filter((numbers) => {
    const expected = numbers.at(-1) as number;
    const deviation = Math.abs((distribution?.(...numbers.slice(0, -1)) ?? Number.NaN) - expected);
    return !(deviation <= tolerance * Math.abs(expected));
  });
  expect(wrong).toEqual([]);
});
