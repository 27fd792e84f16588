import { expect, test } from 'vitest';
import {
  ArmsDeletedSchema,
  type ArmsList,
  ArmsListSchema,
  ArmsSchema,
  type ArmsWritten,
  ArmsWrittenSchema,
} from '../../../functions/recommend/contract.ts';
import { armsKey } from '../../../shared/customer/customer-keys.ts';
import { tenantModelsRoot } from '../../../shared/model/model-keys.ts';
import { createRecommendClient } from '../recommend-client.ts';
import { seedKey, seedPack } from '../seed-store.ts';
import { bearer, get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { tinyRecommenderPack } from '../tiny-recommender-pack.ts';
import { utf8 } from '../utf8.ts';

const HALVES = [
  { name: 'control', weight: 50, model: 'kitchen@1.0.0' },
  { name: 'new', weight: 50, model: 'kitchen', settings: { diversity: 0.9 } },
];

/** A/B definitions over HTTP: written, read, changed, deleted. */
export function describeArms(useServer: UseServer): void {
  const { send, recommend } = createRecommendClient(useServer);
  const ask = (name: string, init: RequestInit) => useServer().fetch(`/v1/recommend/arms${name}`, init);
  const put = (name: string, body: object, key: string = KEYS.all) =>
    ask(`/${name}`, { ...post(body, key), method: 'PUT' });
  const written = async (name: string, body: object, key?: string): Promise<ArmsWritten> =>
    ArmsWrittenSchema.parse(await jsonOf(await put(name, body, key)));
  const show = async (name: string) => ArmsSchema.parse(await jsonOf(await ask(`/${name}`, get())));
  const list = async (query: string, key: string): Promise<ArmsList> =>
    ArmsListSchema.parse(await jsonOf(await ask(query, get(key))));
  const remove = (name: string, query = '', key: string = KEYS.all) =>
    ask(`/${name}${query}`, { method: 'DELETE', headers: bearer(key) });

  test('a definition is kept, shown as it is stored, and divides users at once', async () => {
    const answer = await written('arms-first', { arms: HALVES });
    expect(answer).toMatchObject({ name: 'arms-first', salt: 'arms-first', moved: null });
    expect(answer.arms).toEqual([{ ...HALVES[0], settings: {} }, HALVES[1]]);
    const { moved: _, requestId: __, ...definition } = answer;
    expect(await show('arms-first')).toMatchObject(definition);
    const users = Array.from({ length: 16 }, (_, i) => `user-${i}`);
    const answers = await Promise.all(users.map((userId) => recommend({ model: 'arms-first', userId, k: 1 })));
    expect(new Set(answers.map(({ arm }) => arm))).toEqual(new Set(['control', 'new']));
  });

  test('a change needs the revision that it replaces; of two at once one is taken', async () => {
    const first = await written('arms-change', { arms: HALVES });
    const heavier = HALVES.map((arm, at) => ({ ...arm, weight: at === 0 ? 75 : 25 }));
    const unknowing = await problemOf(await put('arms-change', { arms: heavier }), 409);
    expect(unknowing.detail).toContain('GET /v1/recommend/arms/arms-change');
    const changes = [heavier, heavier.slice(0, 1)].map((arms) =>
      put('arms-change', { arms, revision: first.revision }),
    );
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409]);
    expect((await show('arms-change')).revision).not.toBe(first.revision);
    await problemOf(await put('arms-none-yet', { arms: HALVES, revision: 'r1' }), 409);
  });

  test('a request that comes again changes nothing', async () => {
    const first = await written('arms-again', { arms: HALVES });
    const again = await written('arms-again', { arms: HALVES });
    expect(again).toMatchObject({ revision: first.revision, moved: 0 });
  });

  test('after a change of weights users keep their arms as far as these let them, in whatever order they are sent', async () => {
    const { revision } = await written('arms-weights', { arms: HALVES, salt: 'mine' });
    const third = { name: 'third', weight: 20, model: 'kitchen' };
    const arms = [third, { ...HALVES[1], weight: 40 }, { ...HALVES[0], weight: 40 }];
    const changed = await written('arms-weights', { arms, revision });
    expect(changed.arms.map(({ name }) => name)).toEqual(['control', 'new', 'third']);
    expect(changed).toMatchObject({ salt: 'mine', moved: 0.3 });
    const salted = await written('arms-weights', { arms, salt: 'other', revision: changed.revision });
    // Divided anew by chance: .4², .4² and .2² stay.
    expect(salted).toMatchObject({ salt: 'other', moved: 0.64, arms: [{ name: 'third' }, {}, {}] });
  });

  test('a deleted definition is gone from list and requests, and may be made anew', async () => {
    const { revision } = await written('arms-deleted', { arms: HALVES });
    await problemOf(await remove('arms-deleted', '?revision=another'), 409);
    const deleted = ArmsDeletedSchema.parse(await jsonOf(await remove('arms-deleted', `?revision=${revision}`)));
    expect(deleted.name).toBe('arms-deleted');
    await problemOf(await ask('/arms-deleted', get()), 404);
    await problemOf(await remove('arms-deleted'), 404);
    // No request has asked by this name before, so nothing of it is cached.
    expect((await problemOf(await send({ model: 'arms-deleted' }), 404)).detail).toContain('"arms-deleted"');
    await problemOf(await put('arms-deleted', { arms: HALVES, revision }), 409);
    expect(await written('arms-deleted', { arms: HALVES })).toMatchObject({ moved: null });
  });

  test('the list has pages, names what is damaged, and may be mended; tenants see their own only', async () => {
    const tenant = `t${crypto.randomUUID().slice(0, 8)}`;
    const key = `em_key-of-the-arms-of-${tenant}`;
    await seedKey(useServer().store, key, { tenant });
    expect(await list('', key)).toMatchObject({ definitions: [], unreadable: [] });
    await written('b', { arms: HALVES }, key);
    const names = Array.from({ length: 50 }, (_, at) => `c-${String(at).padStart(2, '0')}`);
    const document = { schemaVersion: 1, revision: 'r1', arms: HALVES, salt: '' };
    for (const name of names) await useServer().store.put(armsKey(tenant, name), utf8(JSON.stringify(document)));
    await useServer().store.put(armsKey(tenant, 'a'), utf8('{"arms": []}'));
    const first = await list('', key);
    expect(first).toMatchObject({ unreadable: ['a'], next: 'c-47' });
    expect(first.definitions.map(({ name }) => name)).toEqual(['b', ...names.slice(0, 48)]);
    const second = await list('?after=c-47', key);
    expect(second.definitions.map(({ name }) => name)).toEqual(['c-48', 'c-49']);
    expect(second).not.toHaveProperty('next');
    expect((await problemOf(await ask('/a', get(key)), 500)).detail).toContain(armsKey(tenant, 'a'));
    await written('a', { arms: HALVES }, key);
    expect((await list('', key)).unreadable).toEqual([]);
    await problemOf(await ask('/c-00', get()), 404);
    await problemOf(await remove('c-00'), 404);
  });

  const arm = (changes: object) => ({ name: 'a', weight: 1, model: 'kitchen', ...changes });
  test.each<[title: string, body: object, pointer: string, word: string]>([
    ['has no arms', { arms: [] }, 'arms', ''],
    ['has 21 arms', { arms: Array.from({ length: 21 }, (_, at) => arm({ name: `a${at}` })) }, 'arms', '16'],
    ['has one name twice', { arms: [arm({}), arm({ weight: 2 })] }, 'arms', 'differ'],
    ['has weights of zero only', { arms: [arm({ weight: 0 })] }, 'arms', 'above 0'],
    ['has a weight below zero', { arms: [arm({ weight: -1 })] }, 'arms[0].weight', ''],
    ['has a weight that is a text', { arms: [arm({ weight: '1' })] }, 'arms[0].weight', ''],
    ['has an arm of a strange name', { arms: [arm({ name: 'A b' })] }, 'arms[0].name', ''],
    ['has a setting that is not known', { arms: [arm({ settings: { colour: 1 } })] }, 'arms[0].settings', 'colour'],
    ['has a field that is not known', { arms: [arm({})], schemaVersion: 1 }, 'body', 'schemaVersion'],
    [
      'names a model that is not there',
      { arms: [arm({}), arm({ name: 'b', model: 'gone' })] },
      'arms[1].model',
      'gone',
    ],
    ['names a version that is not there', { arms: [arm({ model: 'kitchen@9.9.9' })] }, 'arms[0].model', '9.9.9'],
    ['names no model at all', { arms: [arm({ model: '../keys' })] }, 'arms[0].model', 'must be a name'],
    ['names a model for texts', { arms: [arm({ model: 'mood' })] }, 'arms[0].model', 'recommender'],
    ['mixes tasks', { arms: [arm({}), arm({ name: 'b', model: 'stars' })] }, 'arms[1].model', 'rating'],
    ['has a salt that is too long', { arms: [arm({})], salt: 'x'.repeat(129) }, 'salt', ''],
  ])('a definition that %s is refused, and the field is named', async (_, body, pointer, word) => {
    const problem = await problemOf(await put('arms-refused', body), 422);
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
    expect(problem.errors?.[0]?.message).toContain(word);
    await problemOf(await ask('/arms-refused', get()), 404);
  });

  test("another tenant's model is not there", async () => {
    const pack = await tinyRecommenderPack({ name: 'secret-sauce' });
    await seedPack(useServer().store, pack, { root: tenantModelsRoot('acme') });
    const arms = [{ name: 'a', weight: 1, model: 'secret-sauce' }];
    await written('arms-own-pack', { arms });
    const problem = await problemOf(await put('arms-own-pack', { arms }, KEYS.otherTenant), 422);
    expect(problem.errors?.[0]?.message).toContain('There is no model "secret-sauce"');
    await problemOf(await ask('/arms-own-pack', get(KEYS.otherTenant)), 404);
  });

  test('a name that can be none is refused; a key that only recommends reads and does not write', async () => {
    expect((await problemOf(await put('No%20Name', { arms: HALVES }), 422)).errors?.[0]?.pointer).toBe('name');
    const key = 'em_key-for-recommend-only';
    await seedKey(useServer().store, key, { scopes: ['recommend'] });
    await jsonOf(await ask('', get(key)));
    expect((await problemOf(await put('arms-scope', { arms: HALVES }, key), 403)).detail).toContain('recommend:write');
    expect((await problemOf(await remove('arms-scope', '', key), 403)).detail).toContain('recommend:write');
  });
}
