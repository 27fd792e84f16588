import type { SeededRandom } from '../../core/seeded-random.ts';
import { AMOUNT_FIELDS, type AmountTable } from './amount-cells.ts';
import { type Difference, type Estimate, welchDifference } from './difference.ts';
import { CELLS } from './score-cells.ts';
import { poisson } from './uplift-resampling.ts';

/** Sums of one arm: rows (fractions of them where a group is divided), amounts and squares. */
export interface AmountSums {
  readonly rows: number;
  readonly amounts: number;
  readonly squares: number;
}

/**
 * Amounts as the cells that curves of 0 and 1 are made of: rows less amounts, and amounts, so that sums of both are rows and sales
 * alike. They are divided by `unit`, a power of two by which no group's amount is larger than its rows, so that nothing is lost.
 */
export function amountCounts({ sums }: AmountTable): { readonly counts: Float64Array; readonly unit: number } {
  let largest = 1;
  for (let at = 0; at < sums.length; at += 3) {
    const rows = sums[at] as number;
    if (rows > 0) largest = Math.max(largest, Math.abs(sums[at + 1] as number) / rows);
  }
  const unit = 2 ** Math.ceil(Math.log2(largest));
  const counts = new Float64Array((sums.length / AMOUNT_FIELDS) * CELLS);
  for (let at = 0, to = 0; at < sums.length; at += 3, to += 2) {
    const amount = (sums[at + 1] as number) / unit;
    counts[to] = (sums[at] as number) - amount;
    counts[to + 1] = amount;
  }
  return { counts, unit };
}

/** The control's and the treated's sums among customers from one rank to another; a group over an edge is divided in proportion. */
export function amountsBetween({ sums }: AmountTable, from: number, to: number): [AmountSums, AmountSums] {
  const totals = new Float64Array(AMOUNT_FIELDS);
  let before = 0;
  for (let at = 0; at < sums.length && before < to; at += AMOUNT_FIELDS) {
    const rows = (sums[at] as number) + (sums[at + 3] as number);
    const inside = Math.min(to, before + rows) - Math.max(from, before);
    const share = inside > 0 ? inside / rows : 0;
    if (share > 0)
      for (let field = 0; field < AMOUNT_FIELDS; field++)
        totals[field] = (totals[field] as number) + share * (sums[at + field] as number);
    before += rows;
  }
  const arm = (start: number): AmountSums => ({
    rows: totals[start] as number,
    amounts: totals[start + 1] as number,
    squares: totals[start + 2] as number,
  });
  return [arm(0), arm(3)];
}

/** Welch's comparison of the two means; null where an arm is nobody. */
export function amountEffect(control: AmountSums, treated: AmountSums, level: number): Difference | null {
  if (!(control.rows > 0 && treated.rows > 0)) return null;
  return welchDifference(estimateOf(control), estimateOf(treated), level);
}

function estimateOf({ rows, amounts, squares }: AmountSums): Estimate {
  const value = amounts / rows;
  const variance = rows > 1 ? Math.max(0, squares - value * amounts) / (rows - 1) / rows : Number.NaN;
  return { value, variance, count: rows };
}

/** At most `groups` groups of neighbouring scores of about the same size. */
export function coarsenedAmounts({ sums }: AmountTable, groups: number): Float64Array {
  if (sums.length <= AMOUNT_FIELDS * groups) return sums;
  let all = 0;
  for (let at = 0; at < sums.length; at += 3) all += sums[at] as number;
  const coarse = new Float64Array(AMOUNT_FIELDS * groups);
  let before = 0;
  for (let at = 0; at < sums.length; at += AMOUNT_FIELDS) {
    const group = AMOUNT_FIELDS * Math.min(groups - 1, Math.floor((before / all) * groups));
    for (let field = 0; field < AMOUNT_FIELDS; field++)
      coarse[group + field] = (coarse[group + field] as number) + (sums[at + field] as number);
    before += (sums[at] as number) + (sums[at + 3] as number);
  }
  return coarse;
}

/**
 * Draws each arm's rows of each group as Poisson does, and as normal the sum of so many of its amounts, which for a group of one row
 * or of equal amounts is the bootstrap itself. Into cells as `amountCounts` has them.
 */
export function amountDrawer(sums: Float64Array, unit: number): (into: Float64Array, random: SeededRandom) => void {
  return (into, random) => {
    for (let at = 0, to = 0; at < sums.length; at += 3, to += 2) {
      const rows = sums[at] as number;
      const drawn = poisson(rows, random);
      const mean = rows === 0 ? 0 : (sums[at + 1] as number) / rows;
      const variance = rows === 0 ? 0 : Math.max(0, (sums[at + 2] as number) / rows - mean * mean);
      const noise = variance > 0 && rows > 1 && drawn > 0 ? Math.sqrt(drawn * variance) * random.normal() : 0;
      const amount = (drawn * mean + noise) / unit;
      into[to] = drawn - amount;
      into[to + 1] = amount;
    }
  };
}
