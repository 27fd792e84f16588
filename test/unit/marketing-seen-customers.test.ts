import { describe, expect, test } from 'vitest';
import { SeenCustomers } from '../../shared/metrics/marketing/seen-customers.ts';
import { shuffled } from '../support/evaluate-rows.ts';
import { createRandom } from '../support/random.ts';

type Row = readonly [customer: string, arm: string];

function seenIn(rows: readonly Row[], limit: number): SeenCustomers {
  const seen = new SeenCustomers(limit);
  for (const [customer, arm] of rows) seen.add(customer, arm);
  return seen;
}

/** 20,000 customers, of whom 2,000 come again, half of those in another arm. */
const ROWS: Row[] = Array.from({ length: 22_000 }, (_, i) =>
  i < 20_000 ? [`c${i}`, 'mail'] : [`c${i - 20_000}`, i % 2 === 0 ? 'mail' : 'control'],
);

describe('customers', () => {
  test('are counted exactly while they are no more than the limit', () => {
    const counts = { customers: 20_000, repeated: 2_000, furtherRows: 2_000, inSeveralArms: 1_000, isExact: true };
    expect(seenIn(ROWS, 20_000).counts()).toEqual(counts);
    expect(seenIn(ROWS, 2 ** 17).counts()).toEqual(counts);
  });

  test('are estimated beyond, near enough', () => {
    const { customers, repeated, inSeveralArms, isExact } = seenIn(ROWS, 4_000).counts();
    expect(isExact).toBe(false);
    // Of 4,000 of 20,000: standard errors of about 300, 90 and 65.
    expect(Math.abs(customers - 20_000)).toBeLessThan(1_000);
    expect(Math.abs(repeated - 2_000)).toBeLessThan(300);
    expect(Math.abs(inSeveralArms - 1_000)).toBeLessThan(220);
  });

  test.each([100, 4_000, 19_999, 20_000, 50_000])('in any order and parts are the same (limit %i)', (limit) => {
    const random = createRandom(limit);
    const rows = shuffled(ROWS, random);
    const parts = [0, 300, 9_000, 9_001, 22_000].map((end, i, ends) =>
      seenIn(rows.slice(ends[i - 1] ?? 0, end), limit),
    );
    const merged = parts
      .map((part) => new SeenCustomers(limit, structuredClone(part.save())))
      .reduceRight((later, earlier) => {
        earlier.merge(later);
        return earlier;
      });
    expect(merged.counts()).toEqual(seenIn(ROWS, limit).counts());
    expect(merged.save().arrays['hashes']?.length).toBe(Math.min(limit, 20_000));
  });
});
