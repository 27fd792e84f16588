import { expect, test } from 'vitest';
import { createRateLimiter, rateLimitHeaders } from '../../shared/http/rate-limiter.ts';
import { createFakeClock } from '../support/fake-clock.ts';

test('a key may make its requests of the minute, then waits for the next', async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter(clock);
  const take = () => limiter.take('key', 2);
  await clock.advance(15_000);
  expect(take()).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 45 });
  expect(take()).toMatchObject({ allowed: true, remaining: 0 });
  expect(take()).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 45 });
  await clock.advance(44_999);
  expect(take()).toMatchObject({ allowed: false, resetSeconds: 1 });
  await clock.advance(1);
  expect(take()).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 });
});

test('keys are counted apart', () => {
  const limiter = createRateLimiter(createFakeClock());
  expect(limiter.take('a', 1).allowed).toBe(true);
  expect(limiter.take('b', 1).allowed).toBe(true);
  expect(limiter.take('a', 1).allowed).toBe(false);
});

test('ten thousand new keys do not lift the limit of one that is counted in this minute', async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter(clock);
  for (let i = 0; i < 5000; i++) limiter.take(`old-${i}`, 1);
  await clock.advance(60_000);
  limiter.take('mine', 1);
  for (let i = 0; i < 6000; i++) limiter.take(`new-${i}`, 1);
  expect(limiter.take('mine', 1).allowed).toBe(false);
});

test('headers follow draft-ietf-httpapi-ratelimit-headers-11', () => {
  expect(rateLimitHeaders({ allowed: true, limit: 10, remaining: 3, resetSeconds: 42 })).toEqual({
    'ratelimit-policy': '"default";q=10;w=60',
    ratelimit: '"default";r=3;t=42',
  });
});
