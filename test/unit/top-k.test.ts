import { describe, expect, test } from 'vitest';
import { topK } from '../../shared/core/top-k.ts';

describe('topK', () => {
  const scores = [0.1, 0.4, 0.05, 0.4, 0.05];

  test('gives the best first, ties in the order of their indices', () => {
    expect(topK(scores, 3)).toEqual([1, 3, 0]);
    expect(topK(scores, 1)).toEqual([1]);
    expect(topK(scores, 5)).toEqual([1, 3, 0, 2, 4]);
  });

  test('gives all there are when asked for more', () => {
    expect(topK(scores, 99)).toHaveLength(5);
    expect(topK([], 3)).toEqual([]);
  });

  test('leaves out what is under the threshold, not what equals it', () => {
    expect(topK(scores, 5, 0.1)).toEqual([1, 3, 0]);
    expect(topK(scores, 5, 0.5)).toEqual([]);
  });

  test('never gives NaN', () => {
    expect(topK([Number.NaN, 1, Number.NaN], 3)).toEqual([1]);
  });

  test('agrees with a stable sort on 500 scores with many ties', () => {
    const many = Float32Array.from({ length: 500 }, (_, i) => ((i * 7919) % 83) / 83);
    const sorted = [...many.keys()].sort((a, b) => (many[b] ?? 0) - (many[a] ?? 0));
    for (const k of [1, 2, 10, 100, 500]) expect(topK(many, k)).toEqual(sorted.slice(0, k));
  });
});
