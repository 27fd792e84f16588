import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planSentence } from '../../shared/metrics/marketing/plan-sentence.ts';
import { type SolvedPlan, solvePlan, type TestPlan } from '../../shared/metrics/marketing/test-plan.ts';

const SHARES: TestPlan = {
  outcome: { kind: 'shares', control: 0.02 },
  difference: 0.004,
  rows: null,
  power: 0.8,
  alpha: 0.05,
  ratio: 1,
  treatments: 1,
  correction: 'holm',
};
const MEANS: TestPlan = {
  ...SHARES,
  outcome: { kind: 'means', deviations: { control: 10, treatment: 12 } },
  difference: 1,
};

function solved(plan: TestPlan): SolvedPlan {
  const found = solvePlan(plan);
  if ('reason' in found) throw new Error(found.reason);
  return found;
}

interface PowerCase {
  readonly shares: [number, number];
  readonly ratio: number;
  readonly alpha: number;
  readonly rows: number;
  readonly power: number;
  readonly sharesSize: number;
}

test('rows of two shares are those of statsmodels, rounded up in each arm', () => {
  const path = new URL('../parity/marketing/experiments.json', import.meta.url);
  const { power: cases } = JSON.parse(readFileSync(path, 'utf8')) as { power: PowerCase[] };
  expect(cases.length).toBeGreaterThanOrEqual(150);
  for (const { shares, ratio, alpha, power, sharesSize } of cases) {
    const plan: TestPlan = { ...SHARES, outcome: { kind: 'shares', control: shares[0] }, ratio, alpha, power };
    const { rows } = solved({ ...plan, difference: shares[1] - shares[0] });
    // Nine digits of the size are sure, which decide the whole number of all but the largest.
    expect(Math.abs(rows.control - Math.max(2, sharesSize))).toBeLessThan(1 + 1e-9 * sharesSize);
    expect(Math.abs(rows.treatment - Math.max(2, sharesSize * ratio))).toBeLessThan(1 + 1e-9 * sharesSize * ratio);
    expect([rows.control >= sharesSize * (1 - 1e-9), rows.treatment >= ratio * sharesSize * (1 - 1e-9)]).toEqual([
      true,
      true,
    ]);
  }
});

describe.each([
  ['shares', SHARES],
  ['means', MEANS],
  ['shares with arms of other sizes', { ...SHARES, ratio: 0.25 }],
  ['means of four treatments', { ...MEANS, treatments: 4 }],
])('a plan of %s', (_, plan) => {
  const rows = solved(plan);

  test('needs rows that reach the power, and one fewer an arm would not', () => {
    expect(rows.power).toBeGreaterThanOrEqual(0.8);
    const { control, treatment } = rows.rows;
    expect(rows.rows.all).toBe(control + plan.treatments * treatment);
    const fewer = (control - 2) * (1 + plan.ratio * plan.treatments);
    expect(solved({ ...plan, rows: Math.floor(fewer), power: null }).power).toBeLessThan(0.8);
  });

  test('asked for any of the four from the other three gives the fourth', () => {
    const known = { ...plan, rows: rows.rows.all };
    const { power } = solved({ ...known, power: null });
    expect(power).toBeCloseTo(rows.power, 4);
    expect(solved({ ...known, power, difference: null }).difference).toBeCloseTo(plan.difference as number, 5);
    expect(solved({ ...known, power, alpha: null }).alpha).toBeCloseTo(0.05, 5);
  });
});

test('several treatments share the level, unless it is said that they do not', () => {
  const three = { ...SHARES, treatments: 3 };
  expect(solved(three).alphaPerComparison).toBeCloseTo(0.05 / 3, 15);
  expect(solved(three)).toEqual(solved({ ...three, correction: 'bonferroni' }));
  const alone = solved({ ...three, correction: 'none' });
  expect([alone.rows.control, alone.alphaPerComparison]).toEqual([solved(SHARES).rows.control, 0.05]);
});

test('what has no answer is said', () => {
  expect(solvePlan({ ...SHARES, difference: 1e-9 })).toEqual({
    reason: expect.stringMatching(/more rows than can be/),
  });
  expect(solvePlan({ ...SHARES, difference: null, rows: 4, power: 0.99 })).toEqual({
    reason: expect.stringMatching(/no share up to 1/),
  });
  expect(solvePlan({ ...SHARES, power: null, rows: 10, ratio: 0.01 })).toEqual({
    reason: expect.stringMatching(/too few rows for two in each arm/),
  });
});

test('the sentence says it to who has to decide', () => {
  const say = (plan: TestPlan) => planSentence(plan, solved(plan));
  expect(say(SHARES)).toBe(
    'To find a rise from 2 % to 2.4 % with a chance of 80 %, 42,218 rows are needed: 21,109 in each of 2 arms (level 0.05).',
  );
  expect(say({ ...SHARES, rows: 20_000, power: null })).toBe(
    'With 20,000 rows a rise from 2 % to 2.4 % is found with a chance of 48.7 %: too few to count on it; 80 % is usual (level 0.05).',
  );
  expect(say({ ...SHARES, rows: 20_000, difference: null })).toMatch(
    /^With 20,000 rows the smallest change that is found with a chance of 80 % is a rise from 2 % to 2\.5\d %/,
  );
  expect(say({ ...MEANS, difference: -1, ratio: 0.5, treatments: 2 })).toMatch(
    /in the control and [\d,]+ in each treatment \(level 0\.05, 0\.025 for each of 2 comparisons by Holm\)\.$/,
  );
  expect(say({ ...SHARES, rows: 20_000, alpha: null })).toMatch(
    /with a chance of 80 % where a level of 0\.2\d* is taken\.$/,
  );
});
