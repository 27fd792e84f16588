import { expect, test } from 'vitest';
import { recommendItems } from '../../functions/evaluate/recommended.ts';
import { RecommendResponseSchema } from '../../functions/recommend/contract.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { asRanking, loadRecommenderModel, type RankingModel } from '../../shared/model/recommender-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createNodeRecommend } from '../support/node-recommend.ts';
import { createRandom } from '../support/random.ts';
import { idsOf } from '../support/recommend-client.ts';
import { seedKey, seedPack } from '../support/seed-store.ts';
import { starterManifest, starterNames, starterStore } from '../support/starter-packs.ts';
import { jsonOf, KEYS, post } from '../support/test-server.ts';
import { tinyRecommenderPack } from '../support/tiny-recommender-pack.ts';

const CASES = 80;
const K = 10;
const DAY_MS = 86_400_000;
const REPEAT = { countWeight: 0.5, recencyWeight: 1, recencyHalfLifeDays: 5, popularityWeight: 0.25 };

test.each([
  ['a table drawn by chance', () => drawnStore({}), 'drawn', '1.0.0'],
  ['a table drawn by chance, with repeats', () => drawnStore({ repeat: REPEAT }), 'drawn', '1.0.0'],
  ...starterNames('recommendation').map(
    (name) => [name, () => starterStore(name), name, starterManifest(name).version] as const,
  ),
] as const)(
  'recommends what POST /v1/recommend does: %s',
  async (_, makeStore, name, version) => {
    const [store, clock, random] = [await makeStore(), createFakeClock(), createRandom(11)];
    await seedKey(store, KEYS.all);
    const app = await createNodeRecommend(store, clock);
    const model = await load(store, name, version);
    const types = Object.keys(model.settings.eventWeights);
    let seen = 0;
    for (let i = 0; i < CASES; i++) {
      const events = Array.from({ length: random.below(model.settings.maxHistory + 3) }, () => ({
        itemId: random.below(10) === 0 ? 'never heard of' : random.pick(model.items.ids),
        type: random.pick(types),
        atMs: clock.now() - random.below(40 * DAY_MS),
      }));
      events.sort((a, b) => b.atMs - a.atMs);
      const allowSeen = random.below(2) === 0;
      const history = events.map(({ atMs, ...event }) => ({ ...event, at: new Date(atMs).toISOString() }));
      const request = { model: `${name}@${version}`, history, k: K, allowSeen };
      const answer = RecommendResponseSchema.parse(await jsonOf(await app.request('/v1/recommend', post(request))));
      const ids = await recommendItems(model, { events, nowMs: clock.now() }, K, allowSeen);
      expect(ids, JSON.stringify(request)).toEqual(idsOf(answer));
      seen += ids.filter((itemId) => events.some((event) => event.itemId === itemId)).length;
    }
    // Else nothing would be said of those that may come again.
    expect(seen).toBeGreaterThan(0);
  },
  60_000,
);

async function load(store: BlobStore, name: string, version: string): Promise<RankingModel> {
  const location = { root: SHARED_MODELS_ROOT, name, version };
  const loaded = await loadRecommenderModel(store, await createNodeOnnxEngine(), location);
  const ranking = loaded.ok ? asRanking(loaded.value) : loaded;
  if (!ranking.ok) throw new Error(ranking.failure.detail);
  return ranking.value;
}

async function drawnStore(settings: object): Promise<BlobStore> {
  const [random, count] = [createRandom(1), 24];
  const table = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_unused, j) => (i === j ? 0 : (random.below(4_096) - 1_536) / 2_048)),
  );
  const items = {
    ids: table.map((_, i) => `item-${i}`),
    titles: undefined,
    prices: undefined,
    categories: table.map(() => []),
    popularity: table.map((_, i) => 1 / (i + 1)),
  };
  const store = createMemoryBlobStore();
  await seedPack(
    store,
    await tinyRecommenderPack({ name: 'drawn', table, items, settings: { itemCount: count, ...settings } }),
  );
  return store;
}
