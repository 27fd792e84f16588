import { expect, test } from 'vitest';
import { wilsonInterval } from '../../shared/core/wilson-interval.ts';

// Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3 (score without continuity correction).
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i', (successes, trials, lower, upper) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval[0]).toBeCloseTo(lower, 4);
  expect(interval[1]).toBeCloseTo(upper, 4);
});
