import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import {
  type Arm,
  type ArmsDocument,
  ArmsDocumentSchema,
  chooseArm,
  inOrderOf,
  movedShare,
} from '../../shared/customer/arms.ts';
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

describe('changing a definition', () => {
  const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
  const arm = (name: string, weight: number): Arm => ({ name, weight, model: 'shop', settings: {} });
  const before = { arms: [arm('a', 1), arm('b', 1), arm('c', 1)], salt: 's' };

  test.each<[title: string, after: typeof before, moved: number]>([
    ['the same weights in other numbers', { ...before, arms: [arm('a', 5), arm('b', 5), arm('c', 5)] }, 0],
    // a keeps its third and gets a sixth; b keeps a sixth; c keeps its last quarter.
    ['a heavier arm', { ...before, arms: [arm('a', 2), arm('b', 1), arm('c', 1)] }, 1 / 4],
    ['an arm of weight 0', { ...before, arms: [arm('a', 1), arm('b', 0), arm('c', 1)] }, 1 / 3],
    // b keeps a sixth, c its third.
    ['an arm less', { ...before, arms: [arm('b', 1), arm('c', 1)] }, 1 / 2],
    ['an arm more, at the end', { ...before, arms: [...before.arms, arm('d', 1)] }, 1 / 2],
    ['other names', { ...before, arms: [arm('x', 1)] }, 1],
    ['another salt', { ...before, salt: 'other' }, 2 / 3],
  ])('%s moves the share of the users that is told', (_, after, moved) => {
    expect(movedShare(before, after)).toBeCloseTo(moved, 9);
    const changed = users.filter((user) => chooseArm(before, user).name !== chooseArm(after, user).name);
    // Standard deviation at most .0035.
    expect(Math.abs(changed.length / users.length - moved)).toBeLessThan(0.015);
  });

  test('known arms keep their order, new ones come last', () => {
    const arms = inOrderOf(before.arms, [arm('z', 1), arm('c', 2), arm('y', 1), arm('a', 3)]);
    expect(arms.map(({ name, weight }) => `${name}${weight}`)).toEqual(['a3', 'c2', 'z1', 'y1']);
  });
});

test.each([
  ['no arms', { arms: [] }],
  ['a weight below 0', { arms: [{ name: 'a', weight: -1, model: 'shop' }] }],
  ['a weight beyond all measure', { arms: [{ name: 'a', weight: 1e10, model: 'shop' }] }],
  ['17 arms', { arms: Array.from({ length: 17 }, (_, i) => ({ ...DOCUMENT.arms[0], name: `a${i}` })) }],
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

test('a deleted definition is none, and no damage', async () => {
  const store = createMemoryBlobStore();
  const tombstone = { schemaVersion: 1, revision: 'r2', deletedAt: '2026-11-24T10:00:00.000Z' };
  await store.put(armsKey('acme', 'shop'), utf8(JSON.stringify(tombstone)));
  const reader = createArmsReader(store, createFakeClock());
  expect(await reader.read('acme', 'shop', () => {})).toEqual({ ok: true, value: null });
});

async function write(store: BlobStore): Promise<void> {
  await store.put(armsKey('acme', 'shop'), utf8(JSON.stringify(DOCUMENT)));
}
