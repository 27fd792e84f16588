import type { SeededRandom } from '../../shared/core/seeded-random.ts';

export const CLASSES = ['cat', 'dog', 'eel', 'fox'];

/** Rows of a softmax over four classes that knows something of the label. */
export function rowsOf(count: number, random: SeededRandom, isWeighted = false, isEven = false) {
  return Array.from({ length: count }, () => {
    const truth = Math.min(random.below(4), isEven ? 3 : random.below(4));
    const powers = CLASSES.map((_, c) => Math.exp(random.normal() + (c === truth ? 1.5 : 0)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const scores = Object.fromEntries(CLASSES.map((label, c) => [label, (powers[c] as number) / total]));
    const row = { label: CLASSES[truth] as string, scores };
    return isWeighted ? { ...row, weight: random.next() * 2 } : row;
  });
}
