import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RatingResponse, RatingResponseSchema } from '../../functions/recommend/contract.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import type { App } from '../../shared/http/new-app.ts';
import { ManifestSchema } from '../../shared/model/manifest.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { writeMadeUpRatings } from '../support/made-up-ratings.ts';
import { createNodeRecommend } from '../support/node-recommend.ts';
import { pythonMissing, runTrainer, runTrainerOnLines } from '../support/python-trainer.ts';
import { seedKey, seedPack } from '../support/seed-store.ts';
import { jsonOf, KEYS, post } from '../support/test-server.ts';
import type { TinyPack } from '../support/tiny-pack.ts';

const MODEL = 'made-up-films';
/** Both compute in float32 with kernels of their own; regressions on ratings that hardly scatter magnify what they round away. */
const DIGITS = 3;
const UNKNOWN = ['sofa', '__proto__'];

const missing = pythonMissing('edgemark_trainer.__main__');
if (missing !== null) console.log(`Comparison with the trainer's ratings is skipped: ${missing}.`);

interface Asked {
  readonly history: Readonly<Record<string, number>>;
  readonly itemIds: readonly string[];
}

describe.skipIf(missing !== null)('a rating pack that the trainer made', () => {
  let folder: string;
  let pack: string;
  let app: App;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgemark-rating-'));
    const { data, recipe } = writeMadeUpRatings(folder);
    pack = join(folder, 'pack');
    runTrainer(['pack', recipe, '--data', data, '--out', pack]);
    const store = createMemoryBlobStore();
    await seedKey(store, KEYS.all);
    await seedPack(store, readPack(pack));
    app = await createNodeRecommend(store, createFakeClock());
  });

  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('is served with the numbers that Python computes, for histories of every length', async () => {
    const asked = histories();
    const wanted = runTrainerOnLines(['rate', pack], asked) as (number | null)[][];
    expect(wanted).toHaveLength(asked.length);
    for (const [at, line] of asked.entries()) {
      const answer = await rate(line);
      expect(answer.ratings.map(({ itemId }) => itemId)).toEqual(line.itemIds);
      for (const [place, { rating }] of answer.ratings.entries()) {
        const right = wanted[at]?.[place] ?? null;
        if (right === null) expect(rating).toBeNull();
        else expect(rating, `history of ${Object.keys(line.history).length}`).toBeCloseTo(right, DIGITS);
      }
    }
  });

  test('tells tastes apart by a few ratings, and says when there are none', async () => {
    const even = await rate({ history: { f0: 5, f2: 5, f1: 1 }, itemIds: ['f10', 'f11'] });
    const odd = await rate({ history: { f1: 5, f3: 5, f0: 1 }, itemIds: ['f10', 'f11'] });
    expect(gap(even)).toBeGreaterThan(1);
    expect(gap(odd)).toBeLessThan(-1);
    expect(even.note).toBeUndefined();
    const nobody = await rate({ history: { sofa: 5 }, itemIds: ['f10', 'f11'] });
    expect(nobody).toMatchObject({ ignored: { unknownItems: 1 }, note: expect.stringContaining('knows none') });
    expect(Math.abs(gap(nobody))).toBeLessThan(1);
  });

  async function rate({ history, itemIds }: Asked): Promise<RatingResponse> {
    const entries = Object.entries(history).map(([itemId, value]) => ({ itemId, value }));
    const response = await app.request('/v1/recommend/rating', post({ model: MODEL, history: entries, itemIds }));
    return RatingResponseSchema.parse(await jsonOf(response));
  }
});

/** Histories of 0 to 20 films with ratings all over the scale, and one that names films the pack does not know. */
function histories(): Asked[] {
  const itemIds = ['f29', 'f4', ...UNKNOWN, 'f7', 'f4'];
  const known = Array.from({ length: 21 }, (_, length) => {
    const films = Array.from({ length }, (_, at) => [`f${(at * 7 + length) % 30}`, 1 + ((at + length) % 5)]);
    return { history: Object.fromEntries(films) as Record<string, number>, itemIds };
  });
  return [...known, { history: { sofa: 5, f3: 2 }, itemIds }];
}

function gap({ ratings }: RatingResponse): number {
  return (ratings[0]?.rating ?? Number.NaN) - (ratings[1]?.rating ?? Number.NaN);
}

function readPack(path: string): TinyPack {
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')));
  const names = ['manifest.json', ...manifest.files.map((file) => file.path)];
  const files = new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(path, name)))]));
  return { name: manifest.name, version: manifest.version, manifest, files };
}
