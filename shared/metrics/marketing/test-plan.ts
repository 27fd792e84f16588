import {
  type Deviations,
  detectableDifference,
  meansPower,
  meansSampleSize,
  type PlannedTest,
  sharesPower,
  sharesSampleSize,
} from './power.ts';

/** What is compared: the share of who does something, or the mean of a number. */
export type PlannedOutcome =
  | {
      readonly kind: 'shares';
      /** Share of the control, 0 to 1, both excluded. */
      readonly control: number;
    }
  | { readonly kind: 'means'; readonly deviations: Deviations };

/** A plan with exactly one unknown: the difference (treatment less control), the rows, the power or the level. */
export interface TestPlan {
  readonly outcome: PlannedOutcome;
  readonly difference: number | null;
  /** Of all arms together. */
  readonly rows: number | null;
  readonly power: number | null;
  /** Of the whole plan, before it is divided among comparisons. */
  readonly alpha: number | null;
  /** Rows of each treatment for each of the control. */
  readonly ratio: number;
  /** Treatments, each compared with the control. */
  readonly treatments: number;
  /**
   * Several treatments: `bonferroni` divides alpha by their number. `holm` is planned the same way, as the first of its steps is
   * Bonferroni's: it finds no less often. `none`: each comparison has alpha to itself.
   */
  readonly correction: 'holm' | 'bonferroni' | 'none';
}

export type Unknown = 'difference' | 'rows' | 'power' | 'alpha';

/** The plan with its unknown filled in, rows in whole numbers and the power that these reach. */
export interface SolvedPlan {
  readonly solved: Unknown;
  readonly difference: number;
  readonly rows: { readonly all: number; readonly control: number; readonly treatment: number };
  readonly power: number;
  readonly alpha: number;
  readonly alphaPerComparison: number;
}

/** Why there is no answer, in words for the caller. */
export interface Unsolvable {
  readonly reason: string;
}

/** More rows than can be counted exactly are no plan. */
const MOST_ROWS = 1e12;
const BISECTIONS = 200;

/**
 * Fills in what a plan leaves open: two-sided tests of two shares (pooled variance under equality) or of two means as normal, by
 * the formulas of `power.ts`. The smallest difference of shares is the smallest rise; rows are rounded up in each arm. Exactly one
 * of the four must be null.
 */
export function solvePlan(plan: TestPlan): SolvedPlan | Unsolvable {
  const parts = plan.correction === 'none' ? 1 : plan.treatments;
  const { difference, rows, power, alpha } = plan;
  if (rows === null) return solveRows(plan, difference as number, power as number, alpha as number, parts);
  const arms = divided(rows, plan);
  if (arms.control < 2 || arms.treatment < 2)
    return { reason: 'there are too few rows for two in each arm, as the arms are divided' };
  const powerAt = (found: number, level: number) =>
    powerOf(plan.outcome, found, arms.control, { alpha: level / parts, ratio: arms.treatment / arms.control });
  const solved = (unknown: Unknown, found: number, level: number): SolvedPlan => ({
    solved: unknown,
    difference: found,
    rows: arms,
    power: powerAt(found, level),
    alpha: level,
    alphaPerComparison: level / parts,
  });
  if (difference === null) {
    const found = smallestDifference(plan.outcome, arms, power as number, (alpha as number) / parts);
    return found === null
      ? { reason: 'no share up to 1 would be found with that power by so few rows' }
      : solved('difference', found, alpha as number);
  }
  if (alpha !== null) return solved('power', difference, alpha);
  // The power grows with the level.
  const level = leastWhere((candidate) => powerAt(difference, candidate) >= (power as number), 0, 1);
  return level === null ? { reason: 'no level gives that power with so few rows' } : solved('alpha', difference, level);
}

function solveRows(
  { outcome, ratio, treatments }: TestPlan,
  difference: number,
  power: number,
  alpha: number,
  parts: number,
): SolvedPlan | Unsolvable {
  const test = { alpha: alpha / parts, ratio };
  const needed =
    outcome.kind === 'shares'
      ? sharesSampleSize(outcome.control, outcome.control + difference, power, test)
      : meansSampleSize(difference, outcome.deviations, power, test);
  const [control, treatment] = [needed, needed * ratio].map((rows) => Math.max(2, Math.ceil(rows))) as [number, number];
  const all = control + treatments * treatment;
  if (!(all <= MOST_ROWS)) return { reason: 'more rows than can be had would be needed; is the difference 0?' };
  const reached = powerOf(outcome, difference, control, { ...test, ratio: treatment / control });
  return {
    solved: 'rows',
    difference,
    rows: { all, control, treatment },
    power: reached,
    alpha,
    alphaPerComparison: test.alpha,
  };
}

/** Whole rows of each arm, as near to the ratio as they come; what is left over is in none. */
function divided(rows: number, { ratio, treatments }: TestPlan): SolvedPlan['rows'] {
  const treatment = Math.floor((rows * ratio) / (1 + ratio * treatments));
  const control = rows - treatments * treatment;
  return { all: rows, control, treatment };
}

function powerOf(outcome: PlannedOutcome, difference: number, controlRows: number, test: PlannedTest): number {
  return outcome.kind === 'shares'
    ? sharesPower(outcome.control, outcome.control + difference, controlRows, test)
    : meansPower(difference, outcome.deviations, controlRows, test);
}

/** null: no share up to 1 is far enough away. */
function smallestDifference(
  outcome: PlannedOutcome,
  { control, treatment }: SolvedPlan['rows'],
  power: number,
  alpha: number,
): number | null {
  const test = { alpha, ratio: treatment / control };
  if (outcome.kind === 'means') return detectableDifference(outcome.deviations, control, power, test);
  const isFound = (difference: number) => powerOf(outcome, difference, control, test) >= power;
  return leastWhere(isFound, 0, 1 - outcome.control);
}

/** The least number between the two from which on `holds`; null where it does not at the upper one. */
function leastWhere(holds: (value: number) => boolean, from: number, to: number): number | null {
  let [low, high] = [from, to];
  if (!holds(high)) return null;
  for (let step = 0; step < BISECTIONS && high - low > Number.EPSILON * high; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
