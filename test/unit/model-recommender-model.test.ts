import { beforeAll, describe, expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import type { Outcome } from '../../shared/core/failure.ts';
import type { RankingQuery } from '../../shared/model/ranking-graph.ts';
import {
  asRanking,
  asRating,
  loadRecommenderModel,
  type RankingModel,
  type RecommenderModel,
} from '../../shared/model/recommender-model.ts';
import type { InferenceEngine } from '../../shared/ports/inference-engine.ts';
import { seedPack } from '../support/seed-store.ts';
import { fileEntries, type TinyPack, tinyPack, withFile, withManifest } from '../support/tiny-pack.ts';
import { ITEMS, tinyRatingPack, tinyRecommenderPack } from '../support/tiny-recommender-pack.ts';
import { utf8 } from '../support/utf8.ts';

const LEFT_OUT = Number.NEGATIVE_INFINITY;
const [MUG, TEAPOT, SAUCER, TEA, PAN] = [0, 1, 2, 3, 4] as const;

let engine: InferenceEngine;
let shop: RankingModel;

beforeAll(async () => {
  engine = await createNodeOnnxEngine();
  shop = orThrow(asRanking(orThrow(await load(await tinyRecommenderPack({ name: 'shop' })))));
});

describe('a ranking model', () => {
  test('orders items by what the history says for them, with the part of each', async () => {
    const ranking = await shop.rank(query({ historyIds: [MUG, TEAPOT], historyWeights: [1, 2] }));
    expect([...ranking.ids]).toEqual([TEA, MUG]);
    expect([...ranking.scores]).toEqual([4.25, 2]);
    expect([...ranking.contributions]).toEqual([0.25, 4, 0, 2]);
    expect(ranking.itemScores).toBeNull();
  });

  test('leaves out what the biases forbid, of the history and of all items', async () => {
    const itemBias = new Float32Array(6);
    itemBias[TEA] = LEFT_OUT;
    const history = { historyIds: [MUG, TEAPOT], historyWeights: [1, 2], historyBias: [LEFT_OUT, LEFT_OUT] };
    const { ids, scores } = await shop.rank(query({ ...history, itemBias, k: 6 }));
    expect([...ids]).toEqual([SAUCER, PAN, 5]);
    expect([...scores]).toEqual([1.5, 0, 0]);
  });

  test('gives the scores of all items before the biases, where they are asked for', async () => {
    const history = { historyIds: [TEA], historyWeights: [1], historyBias: [LEFT_OUT] };
    const { itemScores } = await shop.rank(query({ ...history, wantsItemScores: true }));
    expect([...(itemScores ?? [])]).toEqual([0.25, 2, 0, 0, -1, 0]);
  });

  test('takes an empty history and a k over the catalogue', async () => {
    const { ids, scores } = await shop.rank(query({ historyIds: [], historyWeights: [], k: 100 }));
    expect(ids).toHaveLength(6);
    expect(new Set(scores)).toEqual(new Set([0]));
  });

  test('knows its items by id and by popularity', () => {
    expect(ITEMS.ids.map((id) => shop.items.indexOf(id))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shop.items.indexOf('constructor')).toBeUndefined();
    expect([...shop.items.byPopularity]).toEqual([TEA, PAN, MUG, TEAPOT, SAUCER, 5]);
  });
});

test('a rating model predicts within its scale', async () => {
  const model = orThrow(asRating(orThrow(await load(await tinyRatingPack({ name: 'stars' })))));
  const ratings = await model.rate({ historyIds: [0, 3], historyRatings: [2, 4], candidateIds: [1, 4, 5] });
  expect([...ratings]).toEqual([4, 2, 5]);
  expect([...(await model.rate({ historyIds: [], historyRatings: [], candidateIds: [1, 4] }))]).toEqual([4, 2]);
});

test('a pack of one task is not taken for the other, and of none of both not at all: 422', async () => {
  const stars = orThrow(await load(await tinyRatingPack({ name: 'stars' })));
  expect(asRanking(stars)).toMatchObject({ failure: { kind: 'invalid-request', errors: [{ pointer: 'model' }] } });
  expect(asRating(shop)).toMatchObject({ failure: { kind: 'invalid-request', errors: [{ pointer: 'model' }] } });
  expect(await load(await tinyPack({ name: 'mood' }))).toMatchObject({ failure: { kind: 'invalid-request' } });
});

test.each<[title: string, make: () => Promise<TinyPack>, words: string]>([
  ['its graph has other inputs', () => tinyRecommenderPack({ name: 'b', idsName: 'seen' }), '"seen"'],
  ['its items are missing', async () => withFile(await shopPack(), 'items.json', null), 'is missing'],
  ['its items are not JSON', () => withItems('{'), 'not JSON'],
  ['its items are of another schema', () => withItems(JSON.stringify({ ...ITEMS, schemaVersion: 2 })), 'schemaVersion'],
  ['a column is too short', () => tinyRecommenderPack({ name: 'b', items: { prices: [1] } }), 'prices'],
  ['an id is there twice', () => withIds(['mug', 'mug', 'saucer', 'tea', 'pan', 'wok']), 'twice'],
  ['its section is missing', async () => withManifest(await shopPack(), { recommender: undefined }), 'recommender'],
])('a pack says so when %s', async (_, make, words) => {
  const loaded = await load(await make());
  expect(loaded).toMatchObject({ ok: false, failure: { kind: 'model-unusable' } });
  expect(loaded.ok || loaded.failure.detail).toContain(words);
});

function query(changes: Partial<RankingQuery> & Pick<RankingQuery, 'historyIds' | 'historyWeights'>): RankingQuery {
  const historyBias = Array.from(changes.historyIds, () => 0);
  return { historyBias, itemBias: null, k: 2, ...changes };
}

function shopPack(): Promise<TinyPack> {
  return tinyRecommenderPack({ name: 'b' });
}

function withIds(ids: string[]): Promise<TinyPack> {
  return tinyRecommenderPack({ name: 'b', items: { ids } });
}

async function withItems(text: string): Promise<TinyPack> {
  const pack = await shopPack();
  const bytes = utf8(text);
  const files = new Map(pack.files).set('items.json', bytes);
  files.delete('manifest.json');
  return withManifest(withFile(pack, 'items.json', bytes), { files: await fileEntries(files) });
}

async function load(pack: TinyPack): Promise<Outcome<RecommenderModel>> {
  const store = createMemoryBlobStore();
  await seedPack(store, pack);
  return loadRecommenderModel(store, engine, { root: 'models', name: pack.name, version: pack.version });
}

function orThrow<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.failure.detail);
}
