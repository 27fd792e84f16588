import { expect, test } from 'vitest';
import { timeCell } from '../../shared/metrics/read-time.ts';

test.each([
  ['2026-05-31', Date.UTC(2026, 4, 31)],
  ['2026-05-31T10:20:30Z', Date.UTC(2026, 4, 31, 10, 20, 30)],
  ['2026-05-31 10:20', Date.UTC(2026, 4, 31, 10, 20)],
  ['2026-05-31T23:30:00.123456-02:00', Date.UTC(2026, 5, 1, 1, 30)],
  ['2026-05-31T01:30:00+0530', Date.UTC(2026, 4, 30, 20)],
  ['2028-02-29', Date.UTC(2028, 1, 29)],
  [1_780_000_000, 1_780_000_000_000],
  ['1780000000000', 1_780_000_000_000],
  [' 1780000000.5 ', 1_780_000_000_500],
])('%s is a time', (cell, milliseconds) => {
  expect(timeCell(cell)).toBe(milliseconds);
});

test.each([
  '31.05.2026',
  '05/31/2026',
  '2026-02-30',
  '2027-02-29',
  '2026-13-01',
  '2026-05-31T25:00',
  '1026-05-31',
  'yesterday',
  '',
  '20260531',
  -5,
  Number.NaN,
  1e16,
  true,
  null,
  {},
])('%s is none', (cell) => {
  expect(timeCell(cell)).toBeUndefined();
});
