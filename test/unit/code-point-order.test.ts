import { expect, test } from 'vitest';
import { compareCodePoints } from '../../shared/core/code-point-order.ts';

const ORDERED = ['', ' ', 'A', 'Aa', 'B', 'a', 'é', '中', '\uff5e', '😀', '😀!', '😁', '\u{10ffff}'];

test('orders as UTF-8 bytes do', () => {
  const byBytes = ORDERED.toReversed().sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(ORDERED.toReversed().sort(compareCodePoints)).toEqual(ORDERED);
  expect(byBytes).toEqual(ORDERED);
});

test('is 0 for equal texts only', () => {
  for (const a of ORDERED) for (const b of ORDERED) expect(compareCodePoints(a, b) === 0).toBe(a === b);
});
