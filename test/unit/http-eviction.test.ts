import { expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createSystemClock } from '../../shared/adapters/web/system-clock.ts';
import { createNodeFunctions } from '../support/node-functions.ts';
import { seedPack } from '../support/seed-store.ts';
import { post, seedCommon } from '../support/test-server.ts';
import { tinyPack } from '../support/tiny-pack.ts';

test('requests at once for models that do not fit into memory together are all answered', async () => {
  const store = createMemoryBlobStore();
  await seedCommon(store);
  const names = ['large-one', 'large-two', 'large-three'];
  for (const name of names) await seedPack(store, await tinyPack({ name, heapBytes: 60 * 2 ** 20 }));
  const { classify, logged } = await createNodeFunctions(store, createSystemClock());
  const statuses: number[] = [];
  for (let round = 0; round < 10; round++) {
    const requests = Array.from({ length: 12 }, (_, i) =>
      classify.request('/v1/classify', post({ inputs: 'good', model: names[i % names.length] })),
    );
    for (const response of await Promise.all(requests)) statuses.push(response.status);
  }
  expect(logged.filter((record) => record.event === 'incident')).toEqual([]);
  expect(new Set(statuses)).toEqual(new Set([200]));
});
