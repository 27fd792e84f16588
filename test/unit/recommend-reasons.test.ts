import { expect, test } from 'vitest';
import { RankResponseSchema, RecommendResponseSchema } from '../../functions/recommend/contract.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import type { App } from '../../shared/http/new-app.ts';
import { PRODUCTION_ALIAS } from '../../shared/model/alias.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createNodeRecommend } from '../support/node-recommend.ts';
import { createRandom, type Random } from '../support/random.ts';
import { seedKey, seedPack } from '../support/seed-store.ts';
import { starterNames, starterStore } from '../support/starter-packs.ts';
import { jsonOf, KEYS, post } from '../support/test-server.ts';
import { tinyRecommenderPack } from '../support/tiny-recommender-pack.ts';

const REPEAT = { countWeight: 0.5, recencyWeight: 1, recencyHalfLifeDays: 5, popularityWeight: 0.25 };
const CASES = 60;

/** Packs whose reasons are put to the test: tables drawn by chance, with and without repeats, and every recommender that ships. */
const PACKS: readonly (readonly [string, () => Promise<BlobStore>])[] = [
  ['a table drawn by chance', () => randomStore('drawn', {})],
  ['a table drawn by chance, with repeats', () => randomStore('drawn', { repeat: REPEAT })],
  ['a pack that learned until before the events', () => randomStore('drawn', { trainedUntil: '2025-11-01T00:00:00Z' })],
  [
    'a pack that learned until between the events',
    () => randomStore('drawn', { trainedUntil: '2025-12-20T00:00:00Z' }),
  ],
  ...starterNames('recommendation').map((name) => [name, () => starterStore(name)] as const),
];

interface Event {
  readonly itemId: string;
  readonly type?: string;
  readonly at: string;
}

test.each(PACKS)(
  'without the reason the score is lower: %s',
  async (_, makeStore) => {
    const store = await makeStore();
    await seedKey(store, KEYS.all);
    const clock = createFakeClock();
    const app = await createNodeRecommend(store, clock);
    const { model, ids, types } = await describePack(store);
    const random = createRandom(7);
    let reasons = 0;
    for (let i = 0; i < CASES; i++) {
      const history = drawHistory(random, ids, types, clock.now());
      const { allowSeen = false, sessionWeight = 1, ...options } = drawOptions(random);
      const request = { model, history, k: 5, allowSeen, sessionWeight, ...options };
      const { items } = RecommendResponseSchema.parse(await jsonOf(await ask(app, '', request)));
      for (const { itemId, score, reasons: told } of items) {
        for (const reason of told) {
          if (!('because' in reason)) continue;
          const without = history.filter((event) => event.itemId !== reason.because);
          const lower = await scoreOf(app, { model, allowSeen, sessionWeight, history: without }, itemId);
          expect(lower, JSON.stringify({ history, itemId, reason })).toBeLessThan(score);
          reasons++;
        }
      }
    }
    expect(reasons).toBeGreaterThan(CASES);
  },
  60_000,
);

/** The item's score for another history: among candidates nothing is left out. */
async function scoreOf(app: App, request: Asked, itemId: string): Promise<number> {
  // Of nobody's history the sum is 0; the answer would be by popularity.
  if (request.history.length === 0) return 0;
  const { items } = RankResponseSchema.parse(
    await jsonOf(await ask(app, '/rank', { ...request, candidates: [itemId] })),
  );
  return items[0]?.score as number;
}

function ask(app: App, path: string, body: object): Promise<Response> {
  return Promise.resolve(app.request(`/v1/recommend${path}`, post(body)));
}

interface Asked {
  readonly model: string;
  readonly allowSeen: boolean;
  readonly sessionWeight: number;
  readonly history: readonly Event[];
}

/** Distinct items, so that what is taken out is one thing; within what the pack reads. */
function drawHistory(random: Random, ids: readonly string[], types: readonly string[], nowMs: number): Event[] {
  const items = new Set(Array.from({ length: 1 + random.below(4) }, () => random.pick(ids)));
  return [...items].map((itemId) => ({
    itemId,
    ...(random.below(3) === 0 ? {} : { type: random.pick(types) }),
    at: new Date(nowMs - random.below(40) * random.pick([86_400_000, 60_000])).toISOString(),
  }));
}

function drawOptions(random: Random): {
  readonly allowSeen?: boolean;
  readonly sessionWeight?: number;
  readonly [option: string]: unknown;
} {
  return random.pick([
    {},
    { allowSeen: true },
    { sessionWeight: 5 },
    { sessionWeight: 0.2, allowSeen: true },
    { diversity: 0.5 },
    { rules: { maxPerCategory: 1 } },
  ]);
}

/** The only pack of a store. */
async function describePack(store: BlobStore): Promise<{ model: string; ids: string[]; types: string[] }> {
  const { blobs } = await store.list({ prefix: 'models/' });
  const read = async (name: string) => {
    const key = blobs.find((blob) => blob.key.endsWith(`/${name}`))?.key ?? '';
    const found = await store.get(key);
    if (found.kind === 'missing') throw new Error(`there is no ${name}`);
    return JSON.parse(new TextDecoder().decode(await found.bytes()));
  };
  const manifest = await read('manifest.json');
  const items = await read('items.json');
  return {
    model: `${manifest.name}@${manifest.version}`,
    ids: items.ids,
    types: Object.keys(manifest.recommender.eventWeights),
  };
}

async function randomStore(name: string, settings: object): Promise<BlobStore> {
  const random = createRandom(1);
  const count = 12;
  // Negative numbers too: an item may speak against another.
  const table = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_unused, j) => (i === j ? 0 : (random.below(64) - 24) / 32)),
  );
  const items = {
    ids: table.map((_, i) => `item-${i}`),
    titles: undefined,
    prices: undefined,
    categories: table.map((_, i) => [`kind-${i % 3}`]),
    popularity: table.map((_, i) => 1 / (i + 1)),
  };
  const store = createMemoryBlobStore();
  const pack = await tinyRecommenderPack({ name, table, items, settings: { itemCount: count, ...settings } });
  await seedPack(store, pack, { alias: PRODUCTION_ALIAS });
  return store;
}
