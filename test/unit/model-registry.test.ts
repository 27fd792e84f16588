import { expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { parseModelReference } from '../../shared/model/model-reference.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { seedAlias, seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';

test('versions are listed in the order of their numbers, and the newest serves without an alias', async () => {
  const { store, registry } = start();
  for (const version of ['1.10.0', '1.2.0', '1.9.0']) {
    await seedPack(store, await tinyPack({ name: 'pack', version }), { alias: null });
  }
  const described = await registry.describe('acme', 'pack');
  expect(described).toMatchObject({
    value: { versions: ['1.2.0', '1.9.0', '1.10.0'], manifest: { version: '1.10.0' } },
  });
});

test('an alias of the tenant goes before a shared one; a version is found wherever it is', async () => {
  const { store, registry } = start();
  const own = tenantModelsRoot('acme');
  await seedPack(store, await tinyPack({ name: 'pack', version: '1.0.0' }));
  await seedPack(store, await tinyPack({ name: 'pack', version: '2.0.0' }), { root: own });
  expect(await registry.resolve('acme', { name: 'pack', alias: 'production' })).toMatchObject({
    value: { root: own, version: '2.0.0' },
  });
  expect(await registry.resolve('acme', { name: 'pack', version: '1.0.0' })).toMatchObject({
    value: { root: 'models' },
  });
  expect(await registry.resolve('other', { name: 'pack', alias: 'production' })).toMatchObject({
    value: { root: 'models', version: '1.0.0' },
  });
  expect(await registry.resolve('other', { name: 'pack', version: '2.0.0' })).toMatchObject({ ok: false });
});

test('a folder that is no model, and files beside the versions, are passed over', async () => {
  const { store, registry } = start();
  await seedPack(store, await tinyPack({ name: 'pack' }));
  await seedAlias(store, 'pack', 'canary', '1.0.0');
  await store.put('models/Not-a-model/1.0.0/manifest.json', new Uint8Array(1));
  await store.put('models/README.md', new Uint8Array(1));
  await store.put('models/pack/history/000001.json', new Uint8Array(1));
  const { models, unreadable } = await registry.list('acme');
  expect(models).toMatchObject([{ versions: ['1.0.0'], aliases: { production: '1.0.0', canary: '1.0.0' } }]);
  expect(unreadable).toEqual([]);
});

test('an empty store lists nothing', async () => {
  expect(await start().registry.list('acme')).toEqual({ models: [], unreadable: [] });
});

test.each([
  ['sentiment', { name: 'sentiment', alias: 'production' }],
  ['sentiment@canary', { name: 'sentiment', alias: 'canary' }],
  ['sentiment@1.0.0-rc.1', { name: 'sentiment', version: '1.0.0-rc.1' }],
])('%s is read', (text, reference) => {
  expect(parseModelReference(text)).toEqual({ ok: true, value: reference });
});

test.each([
  '',
  '@1.0.0',
  'a@',
  'A',
  'a b',
  '../keys',
  'a/b',
  'a@../../keys',
  'a@1.0.0/../..',
  'a@Canary',
  'a@b@c',
  'x'.repeat(64),
])('"%s" is refused', (text) => {
  expect(parseModelReference(text)).toMatchObject({ ok: false, failure: { kind: 'invalid-request' } });
});

function start() {
  const store = createMemoryBlobStore();
  return { store, registry: createRegistry(store) };
}
