import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { type ArmsDocument, ArmsDocumentSchema, chooseArm } from '../../shared/customer/arms.ts';
import { createArmsReader } from '../../shared/customer/arms-reader.ts';
import { armsKey } from '../../shared/customer/customer-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createScriptedBlobStore } from '../support/scripted-blob-store.ts';
import { utf8 } from '../support/utf8.ts';

const DOCUMENT: ArmsDocument = {
  schemaVersion: 1,
  revision: 'r1',
  arms: [
    { name: 'a', weight: 3, model: 'shop', settings: {} },
    { name: 'b', weight: 1, model: 'shop@2.0.0', settings: { diversity: 0.5 } },
    { name: 'off', weight: 0, model: 'gone', settings: {} },
  ],
  salt: 'autumn',
};

describe('choosing an arm', () => {
  const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
  const share = (name: string, document = DOCUMENT) =>
    users.filter((user) => chooseArm(document, user).name === name).length / users.length;

  test('users are divided by the weights; an arm of weight 0 gets none', () => {
    // Standard deviation of a share of 1/4 over 20,000: .003.
    expect(Math.abs(share('b') - 0.25)).toBeLessThan(0.015);
    expect(share('off')).toBe(0);
  });

  test('a user keeps the arm; another salt divides anew, independently', () => {
    const other = { ...DOCUMENT, salt: 'winter' };
    const inBoth = users.filter((user) => [DOCUMENT, other].every((arms) => chooseArm(arms, user).name === 'b'));
    const reread = structuredClone(DOCUMENT);
    expect(users.every((user) => chooseArm(DOCUMENT, user).name === chooseArm(reread, user).name)).toBe(true);
    expect(Math.abs(inBoth.length / users.length - 1 / 16)).toBeLessThan(0.01);
  });
});

test.each([
  ['no arms', { arms: [] }],
  ['no weight', { arms: [{ name: 'a', weight: 0, model: 'shop' }] }],
  ['one name twice', { arms: [DOCUMENT.arms[0], DOCUMENT.arms[0]] }],
  ['an unknown setting', { arms: [{ name: 'a', weight: 1, model: 'shop', settings: { colour: 'red' } }] }],
])('a document with %s is refused', (_, changes) => {
  expect(ArmsDocumentSchema.safeParse({ ...DOCUMENT, ...changes }).success).toBe(false);
});

describe('the reader', () => {
  test('reads once, in the background after 10 s, before the answer after 30 s; misses too', async () => {
    const clock = createFakeClock();
    const store = createScriptedBlobStore(createMemoryBlobStore(), []);
    const reader = createArmsReader(store, clock);
    const deferred: Promise<unknown>[] = [];
    const read = () => reader.read('acme', 'shop', (work) => deferred.push(work));
    expect(await read()).toEqual({ ok: true, value: null });
    await read();
    expect(store.calls).toHaveLength(1);
    await write(store);
    await clock.advance(10_000);
    expect(await read()).toEqual({ ok: true, value: null });
    await Promise.all(deferred);
    expect(await read()).toMatchObject({ value: { salt: 'autumn' } });
    await store.delete(armsKey('acme', 'shop'));
    await clock.advance(30_000);
    expect(await read()).toEqual({ ok: true, value: null });
  });

  test("reads the tenant's own only, and says when a definition is damaged", async () => {
    const store = createMemoryBlobStore();
    await write(store);
    const reader = createArmsReader(store, createFakeClock());
    expect(await reader.read('other', 'shop', () => {})).toEqual({ ok: true, value: null });
    await store.put(armsKey('acme', 'broken'), utf8('{"arms": []}'));
    expect(await reader.read('acme', 'broken', () => {})).toMatchObject({ failure: { kind: 'model-unusable' } });
  });
});

async function write(store: BlobStore): Promise<void> {
  await store.put(armsKey('acme', 'shop'), utf8(JSON.stringify(DOCUMENT)));
}
