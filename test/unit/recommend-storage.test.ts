import { expect, test } from 'vitest';
import { RecommendResponseSchema } from '../../functions/recommend/contract.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import type { App } from '../../shared/http/new-app.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createNodeRecommend } from '../support/node-recommend.ts';
import { createScriptedBlobStore } from '../support/scripted-blob-store.ts';
import { seedCatalogue, seedProfile } from '../support/seed-customers.ts';
import { seedKey, seedPack } from '../support/seed-store.ts';
import { jsonOf, KEYS, post, problemOf } from '../support/test-server.ts';
import { tinyRecommenderPack } from '../support/tiny-recommender-pack.ts';

const AT = '2025-12-31T00:00:00Z';

test('a warm request reads nothing from storage, one with a user the profile alone', async () => {
  const store = createScriptedBlobStore(await seededStore(), []);
  const app = await createNodeRecommend(store, createFakeClock());
  await recommend(app, { history: ['mug'] });
  const warm = store.calls.length;
  await recommend(app, { history: ['mug'] });
  expect(store.calls.slice(warm)).toEqual([]);
  await recommend(app, { userId: 'anna' });
  expect(store.calls.slice(warm)).toEqual(['get']);
});

test('what is answered changes with the profile at once', async () => {
  const store = await seededStore();
  const app = await createNodeRecommend(store, createFakeClock());
  expect(await recommend(app, { userId: 'anna' })).toEqual(['tea']);
  await seedProfile(store, 'acme', 'anna', { view: [{ itemId: 'wok', at: AT }] });
  expect(await recommend(app, { userId: 'anna' })).toEqual(['pan']);
});

test('a change of the catalogue is followed within 30 s', async () => {
  const store = await seededStore();
  const clock = createFakeClock();
  const app = await createNodeRecommend(store, clock);
  const filter = { attributes: { colour: 'red' } };
  expect(await recommend(app, { history: ['mug'], filter })).toEqual([]);
  await seedCatalogue(store, 'acme', 'r1', [{ itemId: 'saucer', attributes: { colour: 'red' } }]);
  await clock.advance(30_000);
  expect(await recommend(app, { history: ['mug'], filter })).toEqual(['saucer']);
  await seedCatalogue(store, 'acme', 'r2', [{ itemId: 'tea', attributes: { colour: 'red' } }]);
  await clock.advance(30_000);
  expect(await recommend(app, { history: ['mug'], filter })).toEqual(['tea']);
});

test('without a secret for pseudonyms a user is refused by name, a history is answered', async () => {
  const app = await createNodeRecommend(await seededStore(), createFakeClock(), '');
  expect(await recommend(app, { history: ['mug'] })).toEqual(['teapot']);
  const problem = await problemOf(await ask(app, { userId: 'anna' }), 422);
  expect(problem.errors).toEqual([{ pointer: 'userId', message: expect.stringContaining('PSEUDONYM_SECRET') }]);
});

test('a secret that is none stops the function, without a word of it', async () => {
  const secret = 'em_very-secret';
  const failed = await createNodeRecommend(await seededStore(), createFakeClock(), secret).catch(String);
  expect(failed).toContain('PSEUDONYM_SECRET');
  expect(failed).not.toContain(secret);
});

async function seededStore(): Promise<BlobStore> {
  const store = createMemoryBlobStore();
  await seedKey(store, KEYS.all);
  await seedPack(store, await tinyRecommenderPack({ name: 'kitchen' }));
  return store;
}

async function recommend(app: App, body: object): Promise<string[]> {
  const { items } = RecommendResponseSchema.parse(await jsonOf(await ask(app, body)));
  return items.map(({ itemId }) => itemId);
}

async function ask(app: App, body: object): Promise<Response> {
  return app.request('/v1/recommend', post({ model: 'kitchen', k: 1, ...body }));
}
