import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createResilientBlobStore } from '../../shared/adapters/web/resilient-blob-store.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { describeBlobStore } from '../support/blob-store-contract.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createScriptedBlobStore, type Event } from '../support/scripted-blob-store.ts';

const HELLO = new TextEncoder().encode('hello');

describeBlobStore('resilient memory', () =>
  createResilientBlobStore(createMemoryBlobStore(), { clock: createFakeClock(), random: () => 0 }),
);

/** A store with `a` in it; time-out 1 s, at most 3 tries, waits of 0.5 times their upper bound 100 ms, 200 ms, … */
async function setUp(...script: Event[]) {
  const inner = createMemoryBlobStore();
  await inner.put('a', HELLO);
  const scripted = createScriptedBlobStore(inner, script);
  const clock = createFakeClock();
  const store = createResilientBlobStore(scripted, {
    clock,
    random: () => 0.5,
    timeoutMs: 1000,
    minBytesPerSecond: 10,
    attempts: 3,
    backoff: { baseMs: 100, capMs: 1000 },
  });
  return { inner, scripted, clock, store };
}

/** The outcome of a call while the clock runs: its value, its error, or `pending`. */
async function outcome<T>(call: Promise<T>, advance: () => Promise<void>): Promise<T | Error | 'pending'> {
  const settled = call.catch((error: Error) => error);
  await advance();
  return Promise.race([settled, Promise.resolve('pending' as const)]);
}

type Operation = 'get' | 'head' | 'list' | 'delete' | 'put';
const OPERATIONS: Record<Operation, (store: BlobStore) => Promise<unknown>> = {
  get: (store) => store.get('a'),
  head: (store) => store.head('a'),
  list: (store) => store.list({ prefix: '' }),
  delete: (store) => store.delete('a'),
  put: (store) => store.put('a', HELLO),
};
const NAMES = Object.keys(OPERATIONS) as Operation[];

describe.each(NAMES)('%s', (name) => {
  const call = OPERATIONS[name];

  test('is tried again after failures, and succeeds', async () => {
    const { store, scripted, clock } = await setUp('fail', 'fail', 'pass');
    expect(await outcome(call(store), () => clock.advance(150))).not.toBeInstanceOf(Error);
    expect(scripted.calls).toEqual([name, name, name]);
  });

  test('fails with a storage error after the last try', async () => {
    const { store, scripted, clock } = await setUp('fail', 'fail', 'fail');
    expect(await outcome(call(store), () => clock.advance(10_000))).toBeInstanceOf(StorageError);
    expect(scripted.calls).toHaveLength(3);
  });

  test('that hangs times out and is tried again', async () => {
    const { store, scripted, clock } = await setUp('hang', 'pass');
    const timeoutMs = name === 'put' ? 1500 : 1000;
    expect(await outcome(call(store), () => clock.advance(timeoutMs + 49))).toBe('pending');
    const again = await setUp('hang', 'pass');
    expect(await outcome(call(again.store), () => again.clock.advance(timeoutMs + 50))).not.toBeInstanceOf(Error);
    expect([scripted.calls.length, again.scripted.calls.length]).toEqual([1, 2]);
  });

  test('that always hangs ends in a storage error that says how long it waited', async () => {
    const { store, clock } = await setUp('hang', 'hang', 'hang');
    const error = await outcome(call(store), () => clock.advance(10_000));
    expect(error).toBeInstanceOf(StorageError);
    expect(String((error as Error).cause)).toMatch(/no answer within 1[05]00 ms/);
  });

  test('that meets a bug is not tried again', async () => {
    const { store, scripted, clock } = await setUp('bug');
    expect(await outcome(call(store), () => clock.advance(10_000))).toBeInstanceOf(TypeError);
    expect(scripted.calls).toHaveLength(1);
  });
});

describe('waits between tries', () => {
  test('double up to the cap, each a random part of its bound', async () => {
    const clock = createFakeClock();
    const failing = createScriptedBlobStore(
      createMemoryBlobStore(),
      Array.from({ length: 6 }, () => 'fail' as const),
    );
    const parts = [0.5, 0.25, 1, 0, 1];
    const store = createResilientBlobStore(failing, {
      clock,
      random: () => parts.shift() ?? 0,
      timeoutMs: 60_000,
      attempts: 6,
      backoff: { baseMs: 100, capMs: 700 },
    });
    await outcome(store.head('a'), () => clock.advance(10_000));
    expect(clock.sleeps.filter((ms) => ms !== 60_000)).toEqual([50, 50, 400, 0, 700]);
  });
});

describe('a conditional put', () => {
  test('is tried once, since its first try may have been written', async () => {
    const { store, inner, scripted, clock } = await setUp('fail-after');
    const put = store.put('new', HELLO, { ifNoneMatch: '*' });
    expect(await outcome(put, () => clock.advance(10_000))).toBeInstanceOf(StorageError);
    expect(scripted.calls).toEqual(['put']);
    expect(await inner.head('new')).toMatchObject({ kind: 'found' });
  });

  test('that hangs times out', async () => {
    const { store, clock } = await setUp('hang');
    const put = store.put('a', HELLO, { ifMatch: 'x' });
    expect(await outcome(put, () => clock.advance(1500))).toBeInstanceOf(StorageError);
  });

  test('that conflicts says so at once', async () => {
    const { store, clock } = await setUp();
    const put = store.put('a', HELLO, { ifNoneMatch: '*' });
    expect(await outcome(put, () => clock.advance(0))).toEqual({ kind: 'conflict' });
  });
});

test('a put of a stream is tried once, since the stream can be read only once', async () => {
  const { store, scripted, clock } = await setUp('fail');
  const stream = new Blob(['hello']).stream();
  const put = store.put('a', { stream, sizeBytes: 5 });
  expect(await outcome(put, () => clock.advance(10_000))).toBeInstanceOf(StorageError);
  expect(scripted.calls).toEqual(['put']);
});

test('an abandoned answer that fails later harms nobody', async () => {
  let failLate = (_: Error): void => {};
  const hanging = new Promise<never>((_, reject) => {
    failLate = reject;
  });
  const clock = createFakeClock();
  const inner: BlobStore = { ...createMemoryBlobStore(), head: () => hanging };
  const store = createResilientBlobStore(inner, { clock, random: () => 0, timeoutMs: 10, attempts: 1 });
  expect(await outcome(store.head('a'), () => clock.advance(10))).toBeInstanceOf(StorageError);
  failLate(new Error('too late'));
  await clock.advance(10);
});

describe('the content of a get', () => {
  async function readAll(store: BlobStore): Promise<string> {
    const found = await store.get('a');
    if (found.kind === 'missing') return 'missing';
    return new TextDecoder().decode(await found.bytes());
  }

  test('is fetched anew when it breaks off', async () => {
    const { store, scripted, clock } = await setUp('body-fail', 'body-fail', 'pass');
    expect(await outcome(readAll(store), () => clock.advance(10_000))).toBe('hello');
    expect(scripted.calls).toEqual(['get', 'get', 'get']);
  });

  test('that stalls times out, later for more bytes, and is fetched anew', async () => {
    const { store, scripted, clock } = await setUp('body-hang', 'pass');
    const reading = readAll(store);
    expect(await outcome(reading, () => clock.advance(1499))).toBe('pending');
    expect(scripted.calls).toHaveLength(1);
    expect(await outcome(reading, () => clock.advance(51))).toBe('hello');
  });

  test('that always stalls ends in a storage error', async () => {
    const { store, clock } = await setUp('body-hang', 'body-hang', 'body-hang');
    expect(await outcome(readAll(store), () => clock.advance(10_000))).toBeInstanceOf(StorageError);
  });

  test('of another version is never passed off as the first', async () => {
    const { store, inner, clock } = await setUp('body-fail');
    const found = await store.get('a');
    await inner.put('a', new TextEncoder().encode('other'));
    if (found.kind === 'missing') throw new Error('the object was not there');
    const error = await outcome(found.bytes(), () => clock.advance(10_000));
    expect(String((error as Error).cause)).toContain('the object changed while it was read');
  });
});
