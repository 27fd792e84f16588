import { expect, test } from 'vitest';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';
import { seedAlias, seedPack } from '../seed-store.ts';
import { get, jsonOf, post, problemOf, type UseServer } from '../test-server.ts';
import { graphBytes, type TinyPack, tinyPack, withFile, withManifest } from '../tiny-pack.ts';
import { utf8 } from '../utf8.ts';
import { errorOf } from './hugging-face-suite.ts';

const GRAPH = 'onnx/model_quantized.onnx';

type Break = (pack: TinyPack) => TinyPack | Promise<TinyPack>;

/** Packs that cannot serve: each says in words what is wrong with it, on every route that would use it. */
const BROKEN: readonly (readonly [title: string, name: string, make: Break, words: string])[] = [
  ['its graph is missing', 'b-missing', (pack) => withFile(pack, GRAPH, null), 'is missing'],
  ['its tokenizer is missing', 'b-no-tokenizer', (pack) => withFile(pack, 'tokenizer.json', null), 'is missing'],
  [
    'its graph is cut short',
    'b-truncated',
    (pack) => withFile(pack, GRAPH, graphBytes(pack).slice(0, 99)),
    'has 99 bytes',
  ],
  [
    'a byte of its graph was altered',
    'b-altered',
    (pack) => withFile(pack, GRAPH, flipped(graphBytes(pack))),
    'SHA-256',
  ],
  ['its manifest is missing', 'b-no-manifest', (pack) => withFile(pack, 'manifest.json', null), 'manifest'],
  ['its manifest is not JSON', 'b-not-json', (pack) => withFile(pack, 'manifest.json', utf8('{')), 'not JSON'],
  [
    'its manifest has a newer schema',
    'b-newer',
    (pack) => withManifest(pack, { schemaVersion: 2 }),
    'schema version 2',
  ],
  ['its manifest lacks files', 'b-no-files', (pack) => withManifest(pack, { files: [] }), 'files'],
  ['its manifest names another pack', 'b-other', (pack) => withManifest(pack, { name: 'other' }), 'names another pack'],
  ['its manifest does not list the graph', 'b-unlisted', withoutGraphEntry, 'does not list'],
  [
    'its graph has an unknown operator',
    'b-operator',
    () => tiny('b-operator', { reduceOperator: 'Teleport' }),
    'Teleport',
  ],
  ['its graph has other inputs', 'b-inputs', () => tiny('b-inputs', { idsName: 'tokens' }), 'tokens'],
  [
    'its logits do not fit its labels',
    'b-width',
    (pack) => withManifest(pack, { labels: ['a', 'b'] }),
    '3 logits for 2 labels',
  ],
  ['its tokenizer is of an unknown kind', 'b-tokenizer', strangeTokenizer, 'tokenizer'],
  ['it needs more memory than there is', 'b-heap', () => tiny('b-heap', { heapBytes: 2 ** 30 }), 'memory'],
];

export function describeBrokenPacks(useServer: UseServer): void {
  test.each(BROKEN)('a pack says so when %s, and the others serve on', async (_, name, make, words) => {
    await seedPack(useServer().store, await make(await tiny(name)));
    const request = post({ inputs: 'good', model: name });
    const problem = await problemOf(await useServer().fetch('/v1/classify', request), 500);
    expect(problem.type).toBe('urn:edgemark:problem:model-unusable');
    expect(problem.detail).toContain(words);
    const path = `/hf/text-classification/${name}`;
    expect(await errorOf(await useServer().fetch(path, post({ inputs: 'good' })), 500)).toContain(words);
    await jsonOf(await useServer().fetch('/v1/classify', post({ inputs: 'good', model: 'mood' })));
  });

  test('a pack that was broken serves once it is mended: the failure is not kept', async () => {
    const { store } = useServer();
    const pack = await tiny('b-mended');
    const request = () => useServer().fetch('/v1/classify', post({ inputs: 'good', model: 'b-mended' }));
    await seedPack(store, withFile(pack, GRAPH, null));
    await problemOf(await request(), 500);
    await seedPack(store, pack);
    await jsonOf(await request());
  });

  test('the list names models whose manifest cannot be read, and shows the others', async () => {
    await seedPack(useServer().store, withManifest(await tiny('b-listed'), { schemaVersion: 2 }));
    const answer = await jsonOf(await useServer().fetch('/v1/models', get()));
    expect(answer).toMatchObject({ unreadable: expect.arrayContaining(['b-listed']) });
    expect(JSON.stringify(answer)).toContain('"name":"mood"');
  });

  test('an alias document that is damaged makes its own model unusable, not the list', async () => {
    const { store } = useServer();
    await seedPack(store, await tiny('b-alias'));
    await store.put('models/b-alias/aliases/production.json', utf8('{"schemaVersion": 1}'));
    const request = post({ inputs: 'good', model: 'b-alias' });
    const problem = await problemOf(await useServer().fetch('/v1/classify', request), 500);
    expect(problem.detail).toContain('alias');
    expect(await jsonOf(await useServer().fetch('/v1/models', get()))).toMatchObject({
      unreadable: expect.arrayContaining(['b-alias']),
    });
  });

  test('choose leaves a broken candidate out, with the reason', async () => {
    await breakIn(useServer().store, 'b-chosen');
    const body = { task: 'text-classification', language: 'de', rows: ['good'] };
    expect(await jsonOf(await useServer().fetch('/v1/models/choose', post(body)))).toMatchObject({
      candidates: [],
      excluded: expect.arrayContaining([{ name: 'b-chosen', reason: expect.stringContaining('is missing') }]),
    });
  });

  test('an alias that names a version that is not there is told', async () => {
    await seedPack(useServer().store, await tiny('b-dangling'), { alias: null });
    await seedAlias(useServer().store, 'b-dangling', 'production', '8.0.0');
    const request = post({ inputs: 'good', model: 'b-dangling' });
    expect((await problemOf(await useServer().fetch('/v1/classify', request), 500)).detail).toContain('8.0.0');
  });
}

async function breakIn(store: BlobStore, name: string): Promise<void> {
  await seedPack(store, withFile(await tiny(name, { languages: ['de'] }), GRAPH, null));
}

function tiny(name: string, options: Omit<Parameters<typeof tinyPack>[0], 'name'> = {}): Promise<TinyPack> {
  return tinyPack({ name, ...options });
}

function withoutGraphEntry(pack: TinyPack): TinyPack {
  return withManifest(pack, { files: pack.manifest.files.filter((file) => file.path !== GRAPH) });
}

function strangeTokenizer(pack: TinyPack): TinyPack {
  const bytes = utf8('{"model": {"type": "Runes"}}');
  const files = pack.manifest.files.map((file) =>
    file.path === 'tokenizer.json' ? { ...file, sizeBytes: bytes.length, sha256: STRANGE_SHA256 } : file,
  );
  return withFile(withManifest(pack, { files }), 'tokenizer.json', bytes);
}

/** Of the strange tokenizer's bytes, so that it is refused for its content. */
const STRANGE_SHA256 = '0677bcffa4ba8f0f4c66e8661e319d32d299059e30e619a24e04ac65d88a94da';

function flipped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const altered = bytes.slice();
  altered[50] = (altered[50] ?? 0) ^ 1;
  return altered;
}
