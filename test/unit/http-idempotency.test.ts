import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { createIdempotency, readIdempotencyKey } from '../../shared/http/idempotency.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const DAY_MS = 86_400_000;

describe('a request with an Idempotency-Key', () => {
  test('is done once; the same again gets the first answer', async () => {
    const { run, times } = start();
    expect(await run('a', { n: 1 })).toEqual(ok({ time: 1 }));
    expect(await run('a', { n: 1 })).toEqual(ok({ time: 1 }));
    expect(await run('b', { n: 1 })).toEqual(ok({ time: 2 }));
    expect(times()).toBe(2);
  });

  test('under the key of another request is refused', async () => {
    const { run } = start();
    await run('a', { n: 1 });
    expect(await run('a', { n: 2 })).toMatchObject({ ok: false, failure: { kind: 'invalid-request' } });
  });

  test('of another tenant or operation is another one', async () => {
    const { run, times } = start();
    await run('a', { n: 1 });
    await run('a', { n: 1 }, { tenant: 'other' });
    await run('a', { n: 1 }, { operation: 'other' });
    expect(times()).toBe(3);
  });

  test('that failed may be tried again', async () => {
    const { run } = start();
    const failure = fail({ kind: 'unavailable', detail: 'later', retryAfterSeconds: 1 } as const);
    expect(await run('a', { n: 1 }, { work: async () => failure })).toEqual(failure);
    await expect(run('a', { n: 1 }, { work: () => Promise.reject(new Error('storage')) })).rejects.toThrow('storage');
    expect(await run('a', { n: 1 })).toEqual(ok({ time: 1 }));
  });

  test('while the first is under way is told to come later', async () => {
    const { run } = start();
    let finish: (outcome: Outcome<unknown>) => void = () => {};
    const slow = new Promise<Outcome<unknown>>((resolve) => {
      finish = resolve;
    });
    const first = run('a', { n: 1 }, { work: () => slow });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await run('a', { n: 1 })).toMatchObject({ ok: false, failure: { kind: 'conflict' } });
    finish(ok('done'));
    expect(await first).toEqual(ok('done'));
    expect(await run('a', { n: 1 })).toEqual(ok('done'));
  });

  test('is remembered over midnight, and forgotten after two days', async () => {
    const { run, clock } = start();
    await run('a', { n: 1 });
    await clock.advance(DAY_MS);
    expect(await run('a', { n: 1 })).toEqual(ok({ time: 1 }));
    await clock.advance(DAY_MS);
    expect(await run('a', { n: 1 })).toEqual(ok({ time: 2 }));
  });
});

test.each([
  [null, true],
  ['order-4711', true],
  ['x'.repeat(255), true],
  ['', false],
  ['x'.repeat(256), false],
  ['a b', false],
])('the key %j can be one: %s', (key, isGood) => {
  expect(readIdempotencyKey(new Headers(key === null ? {} : { 'idempotency-key': key })).ok).toBe(isGood);
});

interface RunOptions {
  readonly tenant?: string;
  readonly operation?: string;
  readonly work?: () => Promise<Outcome<unknown>>;
}

function start() {
  const clock = createFakeClock();
  let ids = 0;
  const newId = () => `id-${ids++}`;
  const idempotency = createIdempotency(createMemoryBlobStore(), createMemoryCoordinator(clock), clock, newId);
  let count = 0;
  const work = async () => ok({ time: ++count });
  const run = (key: string, input: unknown, options: RunOptions = {}) => {
    // A client that repeats a request may repeat the id that it chose for it.
    const caller = {
      tenant: options.tenant ?? 'acme',
      keyId: 'key',
      requestId: 'chosen-by-the-caller',
      defer: () => {},
    };
    return idempotency.run({ key, operation: options.operation ?? 'write', input }, caller, options.work ?? work);
  };
  return { run, clock, times: () => count };
}
