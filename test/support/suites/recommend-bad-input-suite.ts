import { expect, test } from 'vitest';
import { armsKey } from '../../../shared/customer/customer-keys.ts';
import { seedPack } from '../seed-store.ts';
import { jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { tinyRecommenderPack } from '../tiny-recommender-pack.ts';
import { utf8 } from '../utf8.ts';

const KILOBYTE = 'x'.repeat(1024);

/** Requests that can't be answered: each a problem that names the field, and the next request is answered. */
export function describeRecommendBadInput(useServer: UseServer): void {
  const send = (path: string, body: object, key: string = KEYS.all) =>
    useServer().fetch(`/v1/recommend${path}`, post({ model: 'kitchen', ...body }, key));

  test.each<[title: string, path: string, body: object, pointer: string]>([
    ['an id of the history has 1 KB', '', { history: ['mug', KILOBYTE] }, 'history[1]'],
    ["an event's id has 1 KB", '', { history: [{ itemId: KILOBYTE }] }, 'history[0].itemId'],
    ['the user has 1 KB', '', { userId: KILOBYTE }, 'userId'],
    ['an id to exclude has 1 KB', '', { exclude: [KILOBYTE] }, 'exclude[0]'],
    ['an id is empty', '', { history: [''] }, 'history[0]'],
    ['a time is none', '', { history: [{ itemId: 'mug', at: 'yesterday' }] }, 'history[0].at'],
    ['the history is too long', '', { history: Array.from({ length: 10_001 }, () => 'mug') }, 'history'],
    ['k is 0', '', { k: 0 }, 'k'],
    ['k is over 100', '', { k: 101 }, 'k'],
    ['diversity is over 1', '', { diversity: 1.1 }, 'diversity'],
    ['a filter is not known', '', { filter: { colour: 'red' } }, 'filter'],
    ['a price is a text', '', { filter: { price: { max: '10' } } }, 'filter.price.max'],
    ['a category list is empty', '', { filter: { categories: [] } }, 'filter.categories'],
    ['a rule is not known', '', { rules: { never: true } }, 'rules'],
    ['a field is not known', '', { histroy: ['mug'] }, 'body'],
    ['users and a user are given', '', { userId: 'a', users: [{}] }, 'users'],
    ['users are none', '', { users: [] }, 'users'],
    ['the model cannot be a name', '', { model: '../keys@1.0.0' }, 'model'],
    ['no item is named', '/similar', {}, 'itemId'],
    ['candidates are missing', '/rank', { history: ['mug'] }, 'candidates'],
    ['candidates are too many', '/rank', { candidates: Array.from({ length: 1001 }, (_, i) => `${i}`) }, 'candidates'],
    ['items are missing', '/rating', { model: 'stars' }, 'itemIds'],
    ['a model of ratings is to recommend', '', { model: 'stars' }, 'model'],
    ['a model that recommends is to rate', '/rating', { itemIds: ['mug'] }, 'model'],
    ['a model is for texts', '', { model: 'mood' }, 'model'],
  ])('when %s, the problem names the field', async (_, path, body, pointer) => {
    const problem = await problemOf(await send(path, body), 422);
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
    await jsonOf(await send('', { history: ['mug'] }));
  });

  test('a model that is not there is not found, nor is the default one where there is none', async () => {
    expect((await problemOf(await send('', { model: 'nothing' }), 404)).detail).toContain('"nothing"');
    expect((await problemOf(await send('', { model: undefined }), 404)).detail).toContain('of your own yet');
  });

  test('hostile ids are just ids', async () => {
    const history = ['__proto__', 'constructor', "' OR 1=1 --", '../../other', '\u202e', 'mug'];
    const answer = await jsonOf(
      await send('', { history, exclude: ['toString'], userId: '../../other/profiles', k: 1 }),
    );
    expect(answer).toMatchObject({ items: [{ itemId: 'teapot' }], ignored: { unknownItems: 5 } });
  });

  test('an A/B definition that is damaged, or names a pack that is not there, is told', async () => {
    const { store } = useServer();
    await store.put(armsKey('acme', 'broken-arms'), utf8('{"arms": []}'));
    expect((await problemOf(await send('', { model: 'broken-arms' }), 500)).detail).toContain(
      armsKey('acme', 'broken-arms'),
    );
    const arms = [{ name: 'a', weight: 1, model: 'gone' }];
    await store.put(
      armsKey('acme', 'lost-arms'),
      utf8(JSON.stringify({ schemaVersion: 1, revision: 'r1', arms, salt: '' })),
    );
    expect((await problemOf(await send('', { model: 'lost-arms' }), 404)).detail).toContain('"gone"');
  });

  test('a pack whose graph has other inputs says so', async () => {
    await seedPack(useServer().store, await tinyRecommenderPack({ name: 'other-inputs', idsName: 'seen' }));
    expect((await problemOf(await send('', { model: 'other-inputs' }), 500)).detail).toContain('"seen"');
  });
}
