import { expect, test } from 'vitest';
import { setBounded } from '../../shared/core/set-bounded.ts';

test('the oldest entry goes where there would be too many; setting one again makes it the newest', () => {
  const map = new Map<string, number>();
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
    ['d', 5],
  ] as const)
    setBounded(map, key, value, 3);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
    ['d', 5],
  ]);
});
