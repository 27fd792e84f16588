import { expect, test } from 'vitest';
import { RatingResponseSchema } from '../../../functions/recommend/contract.ts';
import { createRecommendClient, daysAgo, idsOf, scoresOf } from '../recommend-client.ts';
import { seedProfile } from '../seed-customers.ts';
import { jsonOf, post, problemOf, type UseServer } from '../test-server.ts';

/** What the siblings of `POST /v1/recommend` answer: similar, rank, rating, and the shapes of Amazon Personalize. */
export function describeRecommendSiblings(useServer: UseServer): void {
  const { send, similar, rank, tenantWith } = createRecommendClient(useServer);

  test('similar items are those that go with these', async () => {
    const answer = await similar({ itemId: 'teapot', k: 2 });
    expect(answer.items).toMatchObject([
      { itemId: 'tea', score: 2, reasons: [{ because: 'teapot', share: 1 }] },
      { itemId: 'mug', score: 1 },
    ]);
    expect(scoresOf(await similar({ itemIds: ['mug', 'tea'], k: 1 }))).toEqual({ teapot: 3 });
    expect(idsOf(await similar({ itemId: 'teapot', exclude: ['tea'], filter: { price: { max: 3 } } }))).toEqual([
      'saucer',
    ]);
    const unknown = await similar({ itemId: 'sofa' });
    expect(unknown).toMatchObject({ items: [], ignored: { unknownItems: 1 } });
    expect(unknown.note).toContain('knows none');
  });

  test('items like a new one are those that its words are like', async () => {
    const key = await tenantWith([{ itemId: 'blue-mug', title: 'Blue mug', categories: ['tableware'] }]);
    const { items, ignored } = await similar({ itemId: 'blue-mug', k: 1 }, key);
    expect(items).toMatchObject([{ itemId: 'mug', reasons: [{ similarText: 'blue-mug' }] }]);
    expect(ignored).toEqual({ unknownItems: 0 });
  });

  test('candidates are ordered, each once; items of the history with them, unknown ones last', async () => {
    const candidates = ['sofa', 'pan', 'mug', 'tea', 'saucer', 'tea'];
    const answer = await rank({ history: ['mug', 'teapot'], candidates });
    expect(scoresOf(answer)).toEqual({ tea: 2.25, mug: 1, saucer: 1, pan: 0, sofa: undefined });
    expect(idsOf(answer)).toEqual(['tea', 'mug', 'saucer', 'pan', 'sofa']);
    expect(answer.items[4]).toEqual({ itemId: 'sofa', reasons: [] });
    expect(answer.ignored).toEqual({ unknownItems: 0, unknownCandidates: 1 });
    const popular = await rank({ candidates });
    expect(idsOf(popular)).toEqual(['tea', 'pan', 'mug', 'saucer', 'sofa']);
    expect(popular.note).toContain('by popularity');
    expect(idsOf(await rank({ history: ['mug'], candidates: ['sofa'] }))).toEqual(['sofa']);
  });

  test('ratings are predicted by those that were given, within the scale', async () => {
    const rate = async (body: object) =>
      RatingResponseSchema.parse(await jsonOf(await send({ model: 'stars', ...body }, '/rating')));
    const history = [{ itemId: 'mug', value: 2 }, { itemId: 'tea', value: 4 }, { itemId: 'sofa', value: 5 }, 'wok'];
    const answer = await rate({ history, itemIds: ['teapot', 'sofa', 'wok', 'pan'] });
    expect(answer.ratings).toEqual([
      { itemId: 'teapot', title: 'Red teapot', rating: 4 },
      { itemId: 'sofa', rating: null },
      { itemId: 'wok', title: 'Carbon steel wok', rating: 5 },
      { itemId: 'pan', title: 'Frying pan', rating: 2 },
    ]);
    expect(answer).toMatchObject({ model: { name: 'stars' }, ignored: { unknownItems: 1 } });
    const older = { itemId: 'mug', value: 5, at: daysAgo(3) };
    const newest = await rate({ history: [older, { itemId: 'mug', value: 1 }], itemIds: ['tea'] });
    expect(newest.ratings[0]?.rating).toBe(1);
    const none = await rate({ itemIds: ['tea'] });
    expect(none).toMatchObject({ ratings: [{ rating: 3 }] });
    expect(none.note).toContain('knows none');
    await seedProfile(useServer().store, 'acme', 'dora', { rating: [{ itemId: 'mug', value: 3, at: daysAgo(0) }] });
    expect((await rate({ userId: 'dora', itemIds: ['tea'] })).ratings[0]?.rating).toBe(3);
  });

  test('the shapes of Amazon Personalize are answered', async () => {
    const call = async (path: string, body: object) =>
      jsonOf(await useServer().fetch(`/personalize/${path}`, post(body)));
    const campaignArn = 'arn:aws:personalize:eu-west-1:123456789012:campaign/kitchen';
    await seedProfile(useServer().store, 'acme', 'emil', { view: [{ itemId: 'wok', at: daysAgo(0) }] });
    expect(await call('recommendations', { campaignArn, userId: 'emil', numResults: 1 })).toEqual({
      itemList: [{ itemId: 'pan', score: expect.closeTo(0.25, 3) }],
      recommendationId: expect.stringContaining('kitchen'),
    });
    expect(await call('recommendations', { recommenderArn: 'kitchen', itemId: 'mug', numResults: 1 })).toMatchObject({
      itemList: [{ itemId: 'teapot', score: 1 }],
    });
    const inputList = ['mug', 'pan', 'sofa'];
    expect(await call('personalize-ranking', { campaignArn, userId: 'emil', inputList })).toMatchObject({
      personalizedRanking: [{ itemId: 'pan' }, { itemId: 'mug', score: 0 }, { itemId: 'sofa' }],
    });
    const filtered = post({ campaignArn, userId: 'emil', filterArn: 'x' });
    expect((await problemOf(await useServer().fetch('/personalize/recommendations', filtered), 422)).detail).toContain(
      'filterArn',
    );
  });
}
