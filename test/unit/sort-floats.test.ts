import { expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { sortFloats } from '../../shared/core/sort-floats.ts';

const random = seededRandom(11);
const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/** Any double but NaN: numbers of all sizes, subnormal and infinite ones too. */
function anyDouble(): number {
  do {
    words[0] = random.below(2 ** 32);
    words[1] = random.below(2 ** 32);
  } while (Number.isNaN(double[0]));
  return double[0] as number;
}

const KINDS: Readonly<Record<string, () => number>> = {
  'any doubles': anyDouble,
  probabilities: () => random.next(),
  'rounded probabilities, many of them equal': () => Number(random.next().toFixed(3)),
  'numbers of both signs': () => random.normal(),
  'both zeros, ones and infinities': () =>
    [-0, 0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][random.below(6)] as number,
  'numbers that differ in their last bits alone': () => 1 + random.below(2 ** 20) * Number.EPSILON,
  'negative numbers that differ in their last bits alone': () => -1 - random.below(2 ** 20) * Number.EPSILON,
  'one number': () => 0.25,
};

test.each(Object.keys(KINDS))('%s are sorted as the built-in sort does, at any length', (kind) => {
  for (const length of [0, 1, 2, 100, 2_047, 2_048, 2_049, 20_000]) {
    const values = Float64Array.from({ length }, KINDS[kind] as () => number);
    const expected = values.toSorted();
    sortFloats(values);
    expect(new Uint8Array(values.buffer)).toEqual(new Uint8Array(expected.buffer));
  }
});

test('what lies beside the view that is sorted is left alone', () => {
  const all = Float64Array.from({ length: 5_000 }, () => random.next());
  const [before, after] = [all.slice(0, 1_000), all.slice(4_000)];
  const expected = all.slice(1_000, 4_000).sort();
  sortFloats(all.subarray(1_000, 4_000));
  expect(all).toEqual(Float64Array.of(...before, ...expected, ...after));
});
