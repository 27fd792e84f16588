import { expect, test } from 'vitest';
import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { PackLocation } from '../../shared/model/pack.ts';
import { createPackCache, type Loaded } from '../../shared/model/pack-cache.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const UNUSABLE = fail({ kind: 'model-unusable', detail: 'broken' } as const);
const WAIT_MS = 5000;

interface FakePack extends Loaded {
  readonly version: string;
}

test('all who ask meanwhile share one load', async () => {
  const { cache, loads, finish } = start();
  const asked = [cache.acquire(at('1')), cache.acquire(at('1')), cache.acquire(at('1'))];
  finish('1');
  const packs = await Promise.all(asked);
  expect(loads).toEqual(['1']);
  expect(new Set(packs.map((pack) => pack.ok && pack.value)).size).toBe(1);
});

test('a loaded pack is given at once, and peeked at without loading', async () => {
  const { cache, loads, load } = start();
  expect(cache.peek(at('1'))).toBeUndefined();
  await load('1');
  expect(cache.peek(at('1'))?.version).toBe('1');
  await load('1');
  expect(loads).toEqual(['1']);
});

test('a failed load is told to all who waited and forgotten', async () => {
  const { cache, loads, finish, load } = start();
  const asked = [cache.acquire(at('1')), cache.acquire(at('1'))];
  finish('1', UNUSABLE);
  expect(await Promise.all(asked)).toEqual([UNUSABLE, UNUSABLE]);
  expect((await load('1')).ok).toBe(true);
  expect(loads).toEqual(['1', '1']);
});

test('a load that throws is forgotten too', async () => {
  const { cache, loads, finish, load } = start();
  const asked = cache.acquire(at('1'));
  finish('1', new Error('storage is down'));
  await expect(asked).rejects.toThrow('storage is down');
  await load('1');
  expect(loads).toEqual(['1', '1']);
});

test('a load that never ends holds a waiter for its wait only: then it loads itself', async () => {
  const { cache, clock, loads, finish } = start();
  void cache.acquire(at('1'));
  const waiter = cache.acquire(at('1'));
  await clock.advance(WAIT_MS);
  expect(loads).toEqual(['1', '1']);
  finish('1', undefined, 1);
  expect((await waiter).ok).toBe(true);
});

test('a load that ends after another took its place is released, and the kept one is given', async () => {
  const { cache, clock, released, finish } = start();
  const late = cache.acquire(at('1'));
  const waiter = cache.acquire(at('1'));
  await clock.advance(WAIT_MS);
  finish('1', undefined, 1);
  const kept = await waiter;
  finish('1', undefined, 0);
  expect(await late).toEqual(kept);
  expect(released).toHaveLength(1);
  expect(cache.usedBytes()).toBe(40);
});

test('packs over the budget are released, the least recently used first', async () => {
  const { cache, released, load } = start();
  await load('1');
  await load('2');
  await load('1');
  await load('3');
  expect(released).toEqual(['2']);
  expect(cache.peek(at('1'))?.version).toBe('1');
  expect(cache.usedBytes()).toBe(80);
});

test('a pack larger than the whole budget is refused and released, and evicts nobody', async () => {
  const { cache, released, load } = start();
  await load('1');
  expect(await load('huge')).toMatchObject({ ok: false, failure: { kind: 'model-unusable' } });
  expect(released).toEqual(['huge']);
  expect(cache.peek(at('1'))).toBeDefined();
});

test('the same version under another root is another pack', async () => {
  const { cache, load } = start();
  await load('1');
  expect(cache.peek({ ...at('1'), root: 'tenants/acme/models' })).toBeUndefined();
});

/** A cache of 100 bytes for packs of 40 (`huge` has 101), whose loads end when the test says so. */
function start() {
  const clock = createFakeClock();
  const loads: string[] = [];
  const released: string[] = [];
  const pending: { version: string; end(outcome: Outcome<FakePack> | Error): void }[] = [];
  const cache = createPackCache<FakePack>({
    clock,
    budgetBytes: 100,
    waitMs: WAIT_MS,
    load: ({ version }) => {
      loads.push(version);
      return new Promise((resolve, reject) => {
        pending.push({ version, end: (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)) });
      });
    },
  });
  const finish = (version: string, outcome?: Outcome<FakePack> | Error, nth = 0) => {
    pending.filter((load) => load.version === version)[nth]?.end(outcome ?? ok(fakePack(version, released)));
  };
  const load = (version: string) => {
    pending.length = 0;
    const asked = cache.acquire(at(version));
    finish(version);
    return asked;
  };
  return { cache, clock, loads, released, finish, load };
}

function fakePack(version: string, released: string[]): FakePack {
  return {
    version,
    heapBytes: version === 'huge' ? 101 : 40,
    release: async () => {
      released.push(version);
    },
  };
}

function at(version: string): PackLocation {
  return { root: 'models', name: 'pack', version };
}
