import { describe, expect, test } from 'vitest';
import { ReproducibleSum } from '../../shared/core/reproducible-sum.ts';
import { seededRandom } from '../../shared/core/seeded-random.ts';

const random = seededRandom(11);

function sumOf(addends: readonly number[]): ReproducibleSum {
  const sum = new ReproducibleSum();
  for (const addend of addends) sum.add(addend);
  return sum;
}

/** In units of 2^-81, by whole numbers without bounds. */
function exactly(addends: readonly number[]): number {
  const total = addends.reduce((sum, each) => sum + toUnits(each), 0n);
  return Number(total) / 2 ** 81;
}

function toUnits(value: number): bigint {
  const scaled = Math.abs(value) < 2 ** -900 ? 0 : value * 2 ** 81;
  return BigInt(Math.round(scaled));
}

const ofAllSizes = (count: number) =>
  Array.from({ length: count }, () => (random.next() - 0.5) * 2 ** (random.below(100) - 50));

describe('ReproducibleSum', () => {
  test('is the exact total, rounded', () => {
    const addends = ofAllSizes(20_000);
    expect(sumOf(addends).value).toBe(exactly(addends));
  });

  test('loses nothing where doubles cancel', () => {
    expect(sumOf([2 ** 60, 1, -(2 ** 60), 2 ** -60]).value).toBe(1 + 2 ** -60);
    expect(sumOf([1e16, 1, -1e16]).value).toBe(1);
    expect(sumOf(new Array<number>(10).fill(0.1)).value).toBe(1);
  });

  test('does not depend on the order of addends, nor on how they were divided', () => {
    const addends = ofAllSizes(10_000);
    const whole = sumOf(addends).value;
    expect(sumOf([...addends].sort((a, b) => a - b)).value).toBe(whole);
    const parts = [0, 1, 17, 4_095, 4_096, 9_000, 10_000];
    const merged = new ReproducibleSum();
    for (let i = parts.length - 1; i > 0; i--) merged.merge(sumOf(addends.slice(parts[i - 1], parts[i])));
    expect(merged.value).toBe(whole);
  });

  test('goes on from what was saved', () => {
    const addends = ofAllSizes(6_000);
    const resumed = new ReproducibleSum(sumOf(addends.slice(0, 5_000)).save());
    for (const addend of addends.slice(5_000)) resumed.add(addend);
    expect(resumed.value).toBe(sumOf(addends).value);
  });
});
