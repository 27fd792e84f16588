import { expect, test } from 'vitest';
import { RecommendBatchResponseSchema } from '../../../functions/recommend/contract.ts';
import { armsKey } from '../../../shared/customer/customer-keys.ts';
import { parseRecommendationId } from '../../../shared/customer/recommendation-id.ts';
import { createRecommendClient, daysAgo, idsOf, scoresOf } from '../recommend-client.ts';
import { seedProfile } from '../seed-customers.ts';
import { seedPack } from '../seed-store.ts';
import { jsonOf, KEYS, problemOf, type UseServer } from '../test-server.ts';
import { tinyRecommenderPack } from '../tiny-recommender-pack.ts';
import { utf8 } from '../utf8.ts';

/** What `POST /v1/recommend` answers; scores are worked out by hand from the table of the tiny pack. */
export function describeRecommend(useServer: UseServer): void {
  const { send, recommend, rank, tenantWith } = createRecommendClient(useServer);

  test('a history gets what it speaks for, the best first, with reasons, model and id', async () => {
    const answer = await recommend({ history: ['mug'], k: 3 });
    expect(answer.items).toEqual([
      { itemId: 'teapot', title: 'Red teapot', score: 1, reasons: [{ because: 'mug', share: 1 }] },
      { itemId: 'saucer', title: 'White saucer', score: 0.5, reasons: [{ because: 'mug', share: 1 }] },
      { itemId: 'tea', title: 'Green tea', score: 0.25, reasons: [{ because: 'mug', share: 1 }] },
    ]);
    expect(answer).toMatchObject({ model: { name: 'kitchen', version: '1.0.0' }, arm: null });
    expect(answer.ignored).toEqual({ unknownItems: 0 });
    expect(answer).not.toHaveProperty('note');
    const origin = parseRecommendationId(answer.recommendationId);
    expect(origin).toMatchObject({ model: 'kitchen', version: '1.0.0' });
    expect(Math.abs((origin?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('several items of the history share a score', async () => {
    const { items } = await recommend({ history: ['mug', 'teapot'], k: 1 });
    expect(items[0]).toMatchObject({ itemId: 'tea', score: 2.25 });
    expect(items[0]?.reasons).toEqual([
      { because: 'teapot', share: 0.8889 },
      { because: 'mug', share: 0.1111 },
    ]);
  });

  test('events count by type and age, an event of the future as one of now', async () => {
    const bought = { itemId: 'mug', type: 'purchase', at: daysAgo(10) };
    expect(scoresOf(await recommend({ history: [bought], k: 1 }))['teapot']).toBeCloseTo(2, 3);
    const future = { itemId: 'mug', type: 'view', at: '2999-01-01T00:00:00Z' };
    expect(scoresOf(await recommend({ history: [future], k: 1 }))).toEqual({ teapot: 1 });
    const twice = await recommend({ history: ['mug', 'mug'], k: 1 });
    expect(scoresOf(twice)).toEqual({ teapot: 1 });
  });

  test('what the model does not know is ignored, counted and said', async () => {
    const history = ['sofa', 'mug', { itemId: 'tea', type: 'impression' }];
    const answer = await recommend({ history, k: 1 });
    expect(idsOf(answer)).toEqual(['teapot']);
    expect(answer.ignored).toEqual({ unknownItems: 1, weightlessEvents: 1 });
  });

  test('a list that the history leaves short is filled up by popularity, which is said', async () => {
    const answer = await recommend({ history: ['wok'], k: 3 });
    expect(answer.items).toEqual([
      { itemId: 'pan', title: 'Frying pan', score: 0.25, reasons: [{ because: 'wok', share: 1 }] },
      { itemId: 'tea', title: 'Green tea', score: 0, reasons: [{ popular: { popularity: 1 } }] },
      { itemId: 'mug', title: 'Red mug', score: 0, reasons: [{ popular: { popularity: 0.5 } }] },
    ]);
    expect(answer.note).toContain('The history speaks for 1 items');
  });

  test('items of the history do not come again, unless they are allowed to', async () => {
    expect(idsOf(await recommend({ history: ['mug', 'teapot'], k: 6 }))).not.toContain('mug');
    const seen = await recommend({ history: ['mug', 'teapot'], k: 2, allowSeen: true });
    expect(scoresOf(seen)).toEqual({ tea: 2.25, mug: 1 });
  });

  test('a pack of repeats adds count, recency and popularity to what was had before', async () => {
    const repeat = { countWeight: 1, recencyWeight: 2, recencyHalfLifeDays: 5, popularityWeight: 4 };
    await seedPack(useServer().store, await tinyRecommenderPack({ name: 'repeats', settings: { repeat } }));
    const history = [{ itemId: 'saucer', type: 'purchase', at: daysAgo(5) }];
    const { items } = await recommend({ history, k: 1, model: 'repeats', allowSeen: true });
    // Two of the event, half of one of the history, and four times the popularity.
    const all = await recommend({ history, k: 6, model: 'repeats', allowSeen: true });
    const half = 0.5 ** 0.5;
    expect(scoresOf(all)['saucer']).toBeCloseTo(1 + 2 * 0.5 + 4 * 0.125, 3);
    expect(scoresOf(all)['mug']).toBeCloseTo(4 * half * 0.5 + 4 * 0.5, 3);
    expect(scoresOf(all)['tea']).toBeCloseTo(4, 3);
    expect(items).toMatchObject([{ itemId: 'tea', reasons: [{ popular: { popularity: 1 } }] }]);
    expect(all.items.find(({ itemId }) => itemId === 'saucer')?.reasons).toEqual([
      { because: 'saucer', share: 0.8 },
      { popular: { popularity: 0.125 } },
    ]);
    const rules = { notBoughtWithinDays: 6 };
    expect(idsOf(await recommend({ history, k: 6, model: 'repeats', allowSeen: true, rules }))).not.toContain('saucer');
    const older = { notBoughtWithinDays: 4 };
    expect(idsOf(await recommend({ history, k: 6, model: 'repeats', allowSeen: true, rules: older }))).toContain(
      'saucer',
    );
    expect(idsOf(await recommend({ history, k: 6, model: 'repeats' }))).not.toContain('saucer');
    const candidates = ['mug', 'saucer'];
    expect(idsOf(await rank({ history, candidates, model: 'repeats' }))).toEqual(['mug', 'saucer']);
    expect(scoresOf(await rank({ history, candidates, model: 'repeats', allowSeen: true }))).toEqual({
      saucer: expect.closeTo(2.5, 3),
      mug: expect.closeTo(4 * half * 0.5 + 4 * 0.5, 3),
    });
    // What was only looked at has no bonus, nor does popularity count then.
    const viewed = await recommend({
      history: [{ itemId: 'mug', type: 'view' }],
      k: 1,
      model: 'repeats',
      allowSeen: true,
    });
    expect(scoresOf(viewed)).toEqual({ teapot: 1 });
  });

  test('a new user gets what is popular, of the interests first', async () => {
    const answer = await recommend({ history: [], k: 2 });
    expect(answer.items).toEqual([
      { itemId: 'tea', title: 'Green tea', score: 1, reasons: [{ popular: { popularity: 1 } }] },
      { itemId: 'pan', title: 'Frying pan', score: 0.75, reasons: [{ popular: { popularity: 0.75 } }] },
    ]);
    expect(answer.note).toContain('No history is known');
    const keen = await recommend({ interests: ['tableware'], k: 4 });
    expect(idsOf(keen)).toEqual(['mug', 'teapot', 'saucer', 'tea']);
    expect(keen.items[0]?.reasons).toEqual([{ popular: { popularity: 0.5, category: 'tableware' } }]);
    expect((await recommend({ history: ['sofa'], k: 1 })).note).toContain('None of 1 events');
  });

  test('exclude, alreadyMailed and the context are left out; the context counts as well', async () => {
    const answer = await recommend({
      history: ['mug'],
      exclude: ['teapot'],
      rules: { alreadyMailed: ['saucer'] },
      context: { itemIds: ['tea'] },
      k: 6,
    });
    expect(idsOf(answer)).toEqual(['pan', 'wok']);
    expect(answer.note).toContain('Only 2 items');
    const many = Array.from({ length: 100 }, (_, i) => `none-${i}`);
    const excluded = await recommend({ history: ['mug'], exclude: [...many, 'teapot'], k: 1 });
    expect(idsOf(excluded)).toEqual(['saucer']);
  });

  test('filters of category and price hold for every item, and leave the scores as they are', async () => {
    const filter = { categories: ['tableware', 'food'], price: { max: 10 } };
    const answer = await recommend({ history: ['mug'], filter, k: 6 });
    expect(scoresOf(answer)).toEqual({ saucer: 0.5, tea: 0.25 });
    expect(idsOf(await recommend({ filter: { price: { min: 0 } }, k: 6 }))).not.toContain('wok');
    expect(idsOf(await recommend({ filter: { categories: ['cookware'] }, k: 6 }))).toEqual(['pan', 'wok']);
  });

  test.each([
    ['contradict each other', { price: { min: 10, max: 5 } }, 'contradicts itself'],
    ['no item meets', { categories: ['garden'] }, 'filter.categories'],
    ['no item meets together', { categories: ['food'], price: { min: 10 } }, 'together'],
    ['name an attribute that nobody has', { attributes: { colour: 'red' } }, 'filter.attributes'],
    ['are hostile texts', { attributes: { __proto__x: "'; DROP TABLE items; --", constructor: true } }, 'attributes'],
    ['look into the prototype', { attributes: { toString: ['x', '{{7*7}}'] } }, 'filter.attributes'],
  ])('filters that %s give an empty list, and say why', async (_, filter, words) => {
    for (const history of [['mug'], []]) {
      const answer = await recommend({ history, filter });
      expect(answer.items).toEqual([]);
      expect(answer.note).toContain(words);
    }
  });

  test('no category comes more often than the rule says', async () => {
    const rules = { maxPerCategory: 1 };
    const personal = await recommend({ history: ['mug'], rules, k: 6 });
    expect(scoresOf(personal)).toEqual({ teapot: 1, tea: 0.25, pan: 0 });
    expect(idsOf(await recommend({ history: [], rules, k: 6 }))).toEqual(['tea', 'pan', 'mug']);
    const keen = await recommend({ interests: ['tableware'], rules: { maxPerCategory: 2 }, k: 6 });
    expect(idsOf(keen)).toEqual(['mug', 'teapot', 'tea', 'pan', 'wok']);
  });

  test('diversity brings forward what is unlike the items before', async () => {
    // All of one history item: parts are alike (1). Saucer and teapot share one of two categories: (1 + 1/2) ÷ 2 alike; tea and
    // teapot none: (1 + 0) ÷ 2. Relevance of saucer is 1/3, of tea 0: at .9 .1/3 − .9 × .75 is below −.9 × .5.
    expect(idsOf(await recommend({ history: ['mug'], diversity: 0.9, k: 3 }))).toEqual(['teapot', 'tea', 'saucer']);
    expect(idsOf(await recommend({ history: ['mug'], diversity: 0.1, k: 3 }))).toEqual(['teapot', 'saucer', 'tea']);
    expect(idsOf(await recommend({ history: [], diversity: 1, k: 2 }))).toEqual(['tea', 'pan']);
  });

  test('the session counts as often as it is told to', async () => {
    const history = ['mug', { itemId: 'pan', type: 'view', at: daysAgo(10) }];
    expect(scoresOf(await recommend({ history, k: 1, sessionWeight: 8 }))).toEqual({ teapot: 8 });
    const { wok } = scoresOf(await recommend({ history, k: 6, sessionWeight: 8 }));
    expect(wok).toBeCloseTo(0.125, 3);
  });

  test('10,000 events are bounded to the newest items that the pack reads', async () => {
    const ids = ['mug', 'teapot', 'saucer', 'tea', 'pan'];
    const history = Array.from({ length: 10_000 }, (_, i) => ids[Math.floor(i / 2_000)]);
    const answer = await recommend({ history, k: 6 });
    expect(answer.ignored).toEqual({ unknownItems: 0, olderItems: 1 });
    expect(idsOf(answer)).toEqual(['wok']);
  });

  test('the profile of a user is read, under the tenant and by pseudonym only', async () => {
    await seedProfile(useServer().store, 'acme', 'anna', { view: [{ itemId: 'wok', at: daysAgo(0) }] });
    expect((await recommend({ userId: 'anna', k: 1 })).items).toMatchObject([
      { itemId: 'pan', reasons: [{ because: 'wok' }] },
    ]);
    const stranger = await recommend({ userId: 'anna', k: 1 }, KEYS.otherTenant);
    expect(stranger.note).toContain('No history is known');
    const nobody = await recommend({ userId: 'nobody', k: 1 });
    expect({ ...nobody, recommendationId: '', requestId: '' }).toEqual({
      ...stranger,
      recommendationId: '',
      requestId: '',
    });
  });

  test('a history beside a user is the present session', async () => {
    await seedProfile(useServer().store, 'acme', 'bert', { view: [{ itemId: 'wok', at: daysAgo(0) }] });
    const { teapot, pan } = scoresOf(await recommend({ userId: 'bert', history: ['mug'], sessionWeight: 4, k: 6 }));
    expect(teapot).toBe(4);
    expect(pan).toBeCloseTo(0.25, 3);
  });

  test('users are answered one by one; a bad one fails no other', async () => {
    const body = {
      k: 1,
      users: [{ history: ['mug'] }, { history: 'mug' }, { userId: 'carl', history: ['wok'], k: 2 }, 7],
    };
    const { results, requestId } = RecommendBatchResponseSchema.parse(await jsonOf(await send(body)));
    expect(results.map(({ items, userId }) => [userId, items?.map(({ itemId }) => itemId)])).toEqual([
      [undefined, ['teapot']],
      [undefined, undefined],
      ['carl', ['pan', 'tea']],
      [undefined, undefined],
    ]);
    expect(results[1]?.error).toMatchObject({ status: 422, requestId, errors: [{ pointer: 'history' }] });
    expect(results[3]?.error).toMatchObject({ status: 422, errors: [{ pointer: 'users[3]' }] });
    expect(new Set(results.flatMap(({ recommendationId }) => recommendationId ?? [])).size).toBe(2);
  });

  test('100 users are answered, 101 refused', async () => {
    const users = Array.from({ length: 101 }, (_, i) => ({ userId: `user-${i}`, history: ['mug'] }));
    const { results } = RecommendBatchResponseSchema.parse(await jsonOf(await send({ users: users.slice(1), k: 1 })));
    expect(results.map(({ items }) => items?.[0]?.itemId)).toEqual(new Array(100).fill('teapot'));
    expect((await problemOf(await send({ users }), 422)).errors?.[0]?.pointer).toBe('users');
  });

  test('an item of the catalogue that the pack does not know is scored by what its words are like', async () => {
    const key = await tenantWith([
      { itemId: 'blue-teapot', title: 'Blue teapot', categories: ['tableware'], attributes: { colour: 'blue' } },
      { itemId: 'sold-out', title: 'Another red teapot', categories: ['tableware'], available: false },
      { itemId: 'strange', title: 'qqq' },
      { itemId: 'saucer', title: 'Saucer of porcelain', categories: ['tableware'], available: false },
    ]);
    const { items } = await recommend({ history: ['mug'], k: 6 }, key);
    const ids = items.map(({ itemId }) => itemId);
    expect(ids.slice(0, 2)).toEqual(['teapot', 'blue-teapot']);
    expect(ids).not.toContain('sold-out');
    expect(ids).not.toContain('saucer');
    expect(ids).not.toContain('strange');
    const fresh = items[1];
    expect(fresh).toMatchObject({ title: 'Blue teapot', reasons: [{ similarText: 'teapot' }] });
    expect(fresh?.score).toBeGreaterThan(0);
    expect(fresh?.score).toBeLessThan(1);
    const blue = await recommend({ history: ['mug'], filter: { attributes: { colour: ['blue', 'green'] } } }, key);
    expect(idsOf(blue)).toEqual(['blue-teapot']);
    const all = await recommend({ history: ['mug'], filter: { includeUnavailable: true }, k: 6 }, key);
    expect(all.items.find(({ itemId }) => itemId === 'saucer')).toMatchObject({
      title: 'Saucer of porcelain',
      score: 0.5,
    });
    expect(idsOf(all)).toContain('sold-out');
    expect(idsOf(await recommend({ history: ['mug', 'blue-teapot'], k: 6 }, key))).not.toContain('blue-teapot');
    const popular = await recommend({ history: [], k: 6 }, key);
    expect(popular.items.find(({ itemId }) => itemId === 'blue-teapot')?.reasons).toMatchObject([
      { similarText: 'teapot' },
    ]);
    expect(idsOf(await recommend({ history: ['mug'], k: 6 }))).not.toContain('blue-teapot');
  });

  test('an A/B definition divides users between its arms, and each keeps its own', async () => {
    const arms = [
      { name: 'plain', weight: 1, model: 'kitchen' },
      { name: 'mixed', weight: 1, model: 'kitchen@1.0.0', settings: { diversity: 0.9, maxPerCategory: 1 } },
    ];
    const document = { schemaVersion: 1, revision: 'r1', arms, salt: 's' };
    await useServer().store.put(armsKey('acme', 'experiment'), utf8(JSON.stringify(document)));
    const ask = (userId: string, more = {}) =>
      recommend({ model: 'experiment', userId, history: ['mug'], k: 3, ...more });
    const users = Array.from({ length: 24 }, (_, i) => `user-${i}`);
    const answers = await Promise.all(users.map((user) => ask(user)));
    expect(new Set(answers.map(({ arm }) => arm))).toEqual(new Set(['plain', 'mixed']));
    for (const [at, answer] of answers.entries()) {
      expect((await ask(users[at] as string)).arm).toBe(answer.arm);
      expect(parseRecommendationId(answer.recommendationId)).toMatchObject({ model: 'kitchen', arm: answer.arm });
      expect(idsOf(answer)).toEqual(answer.arm === 'plain' ? ['teapot', 'saucer', 'tea'] : ['teapot', 'tea', 'pan']);
    }
    const mixed = users[answers.findIndex(({ arm }) => arm === 'mixed')] as string;
    const own = await ask(mixed, { diversity: 0, rules: { maxPerCategory: 6 } });
    expect(idsOf(own)).toEqual(['teapot', 'saucer', 'tea']);
    const stranger = await send({ model: 'experiment', userId: 'user-0' }, '', KEYS.otherTenant);
    expect((await problemOf(stranger, 404)).detail).toContain('experiment');
  });
}
