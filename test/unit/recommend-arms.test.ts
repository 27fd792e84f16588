import { expect, test } from 'vitest';
import { ArmsWrittenSchema, RecommendResponseSchema } from '../../functions/recommend/contract.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { armsKey } from '../../shared/customer/customer-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createNodeRecommend } from '../support/node-recommend.ts';
import { bearer, get, jsonOf, KEYS, post, problemOf, seedCommon } from '../support/test-server.ts';
import { utf8 } from '../support/utf8.ts';

const PATH = '/v1/recommend/arms/trial';
const ARMS = [{ name: 'a', weight: 1, model: 'kitchen' }];
const OTHERS = [{ name: 'b', weight: 1, model: 'kitchen' }];
const put = (body: object): RequestInit => ({ ...post(body), method: 'PUT' });

test('a change and a deletion take effect within 30 s', async () => {
  const store = await seededStore();
  const clock = createFakeClock();
  const app = await createNodeRecommend(store, clock);
  const armOf = async () =>
    RecommendResponseSchema.parse(
      await jsonOf(await app.request('/v1/recommend', post({ model: 'trial', history: ['mug'] }))),
    ).arm;
  const { revision } = ArmsWrittenSchema.parse(await jsonOf(await app.request(PATH, put({ arms: ARMS }))));
  expect(await armOf()).toBe('a');
  await jsonOf(await app.request(PATH, put({ arms: OTHERS, revision })));
  await clock.advance(30_000);
  expect(await armOf()).toBe('b');
  await jsonOf(await app.request(PATH, { method: 'DELETE', headers: bearer(KEYS.all) }));
  await clock.advance(30_000);
  await problemOf(await app.request('/v1/recommend', post({ model: 'trial', history: ['mug'] })), 404);
});

test.each([
  ['PUT', put({ arms: OTHERS, revision: 'r1' })],
  ['DELETE', { method: 'DELETE', headers: bearer(KEYS.all) }],
])('%s undoes nothing that another wrote after it had read', async (_, init) => {
  const store = await seededStore();
  const document = (revision: string) => utf8(JSON.stringify({ schemaVersion: 1, revision, arms: ARMS, salt: 's' }));
  await store.put(armsKey('acme', 'trial'), document('r1'));
  const raced: BlobStore = {
    ...store,
    async put(key, body, condition) {
      await store.put(key, document('theirs'));
      return store.put(key, body, condition);
    },
  };
  const app = await createNodeRecommend(raced, createFakeClock());
  await problemOf(await app.request(PATH, init), 409);
  expect(await jsonOf(await app.request(PATH, get()))).toMatchObject({ revision: 'theirs' });
});

test('storage that takes no more writes is told with the time to come back', async () => {
  const store = await seededStore();
  const busy: BlobStore = { ...store, put: async () => ({ kind: 'throttled', retryAfterSeconds: 3 }) };
  const app = await createNodeRecommend(busy, createFakeClock());
  const response = await app.request(PATH, put({ arms: ARMS }));
  expect(response.headers.get('retry-after')).toBe('3');
  await problemOf(response, 503);
});

async function seededStore(): Promise<BlobStore> {
  const store = createMemoryBlobStore();
  await seedCommon(store);
  return store;
}
