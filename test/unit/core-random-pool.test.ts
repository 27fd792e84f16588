import { expect, test } from 'vitest';
import { poolRandom } from '../../shared/core/random-pool.ts';

test('bytes come in the order of the source, each once, in as few calls as can be', () => {
  let next = 0;
  let calls = 0;
  const random = poolRandom((count) => {
    calls++;
    return Uint8Array.from({ length: count }, () => next++ % 251);
  });
  const given = Array.from({ length: 128 }, () => [...random(8)]).flat();
  expect(given).toEqual(Array.from({ length: 1024 }, (_, i) => i % 251));
  expect(calls).toBe(1);
  expect(random(8)).toHaveLength(8);
  expect(calls).toBe(2);
});

test('more than a pool is drawn at once', () => {
  const random = poolRandom((count) => new Uint8Array(count));
  expect(random(5000)).toHaveLength(5000);
});
