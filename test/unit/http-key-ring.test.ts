import { expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createApiKey } from '../../shared/core/api-key.ts';
import { createBlobKeyRing } from '../../shared/http/blob-key-ring.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createScriptedBlobStore } from '../support/scripted-blob-store.ts';
import { seedKey } from '../support/seed-store.ts';

const KEY = createApiKey((count) => new Uint8Array(count).fill(7));
const AT = '2026-01-01T00:00:00Z';

test('a revoked key works 30 s longer at most', async () => {
  const { ring, clock, store } = start();
  await seedKey(store, KEY);
  expect((await ring.verify(KEY)).kind).toBe('valid');
  await seedKey(store, KEY, { revokedAt: AT });
  await clock.advance(30_000);
  expect((await ring.verify(KEY)).kind).toBe('revoked');
});

test('a new key works 30 s after it was asked for in vain, at the latest', async () => {
  const { ring, clock, store } = start();
  expect((await ring.verify(KEY)).kind).toBe('unknown');
  await seedKey(store, KEY);
  await clock.advance(30_000);
  expect((await ring.verify(KEY)).kind).toBe('valid');
});

test('a known key is read once, a made-up one never twice within 30 s', async () => {
  const { ring, store, calls } = start();
  await seedKey(store, KEY);
  const before = calls.length;
  for (let i = 0; i < 5; i++) await ring.verify(KEY);
  for (let i = 0; i < 5; i++) await ring.verify('em_somebody-guesses-this');
  expect(calls.length - before).toBe(2);
});

test('a key with the right id and another secret is unknown', async () => {
  const { ring, store } = start();
  await seedKey(store, KEY, { hash: 'a'.repeat(64) });
  expect((await ring.verify(KEY)).kind).toBe('unknown');
});

test('a key expires at its time', async () => {
  const { ring, clock, store } = start();
  await seedKey(store, KEY, { expiresAt: '2026-01-01T01:00:00Z' });
  expect((await ring.verify(KEY)).kind).toBe('valid');
  await clock.advance(3_600_000);
  expect((await ring.verify(KEY)).kind).toBe('expired');
});

test('text that cannot be a key is refused without a look-up', async () => {
  const { ring, calls } = start();
  for (const text of [
    '',
    'em_',
    'em_short',
    'sk_0123456789abcdef',
    `em_${'x'.repeat(300)}`,
    'em_ключ-ключ-ключ-ключ',
  ]) {
    expect(await ring.verify(text)).toEqual({ kind: 'unknown' });
  }
  expect(calls).toEqual([]);
});

function start() {
  const clock = createFakeClock(Date.parse(AT));
  const store = createScriptedBlobStore(createMemoryBlobStore(), []);
  return { clock, store, calls: store.calls, ring: createBlobKeyRing(store, clock) };
}
