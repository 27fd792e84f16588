import { expect, test } from 'vitest';
import { fullJitterMs } from '../../shared/core/backoff.ts';

const BACKOFF = { baseMs: 50, capMs: 1000 };

test('the bound doubles with each retry, up to the cap', () => {
  const bounds = [0, 1, 2, 3, 4, 5, 100].map((retry) => fullJitterMs(BACKOFF, retry, 1));
  expect(bounds).toEqual([50, 100, 200, 400, 800, 1000, 1000]);
});

test('the wait is the random part of the bound', () => {
  expect(fullJitterMs(BACKOFF, 2, 0)).toBe(0);
  expect(fullJitterMs(BACKOFF, 2, 0.25)).toBe(50);
});
