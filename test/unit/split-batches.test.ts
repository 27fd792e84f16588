import { expect, test } from 'vitest';
import { splitBatches } from '../../shared/core/split-batches.ts';

test.each([
  ['nothing', [], []],
  ['what fits', [4, 4], [[4, 4]]],
  ['by number', [1, 1, 1, 1], [[1, 1, 1], [1]]],
  ['by size', [6, 5, 4], [[6], [5, 4]]],
  ['what is too large, alone', [2, 20, 2], [[2], [20], [2]]],
])('%s', (_, sizes, batches) => {
  expect(splitBatches(sizes, (size) => size, { maxItems: 3, maxBytes: 10 })).toEqual(batches);
});
