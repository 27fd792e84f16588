import { describe, expect, test } from 'vitest';
import { sigmoid, softmax } from '../../shared/core/softmax.ts';

describe('softmax', () => {
  test('gives the probabilities 1:2:5 for their logarithms', () => {
    const scores = softmax([Math.log(1), Math.log(2), Math.log(5)]);
    expect(scores[0]).toBeCloseTo(0.125, 12);
    expect(scores[1]).toBeCloseTo(0.25, 12);
    expect(scores[2]).toBeCloseTo(0.625, 12);
  });

  test('does not overflow on large logits', () => {
    expect([...softmax([1000, 1000])]).toEqual([0.5, 0.5]);
    expect([...softmax([-1e30, 1e30])]).toEqual([0, 1]);
  });

  test('sums to 1 over 150 float32 logits', () => {
    const logits = Float32Array.from({ length: 150 }, (_, i) => Math.sin(i) * 8);
    expect(softmax(logits).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  test('gives a lone label all the probability and no label none', () => {
    expect([...softmax([-3])]).toEqual([1]);
    expect([...softmax([])]).toEqual([]);
  });
});

describe('sigmoid', () => {
  test('scores each label on its own: 0 is a half, ln 3 three quarters', () => {
    const scores = sigmoid([0, Math.log(3), -Math.log(3)]);
    expect(scores[0]).toBe(0.5);
    expect(scores[1]).toBeCloseTo(0.75, 12);
    expect(scores[2]).toBeCloseTo(0.25, 12);
  });

  test('saturates without NaN', () => {
    expect([...sigmoid([1e30, -1e30])]).toEqual([1, 0]);
  });
});
