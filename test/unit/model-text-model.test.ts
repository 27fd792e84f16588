import { describe, expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { ok } from '../../shared/core/result.ts';
import { loadTextModel, type TextModel } from '../../shared/model/text-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { InferenceEngine, InferenceSession, Tensor } from '../../shared/ports/inference-engine.ts';
import { createRandom, type Random } from '../support/random.ts';
import { seedPack } from '../support/seed-store.ts';
import { starterManifest, starterNames, starterStore } from '../support/starter-packs.ts';
import { type TinyPack, tinyPack } from '../support/tiny-pack.ts';

const WORDS = [
  'good',
  'bad',
  'fine',
  'refund',
  'the card',
  '很好',
  '送餐太慢了',
  '🙂',
  'x',
  'where is my order?',
  '\n',
];
const TOLERANCE = 1e-5;

test('scores of the tiny pack are exact whoever goes with a row, over 200 random batches', async () => {
  const model = await loadTiny(await tinyPack({ name: 'mood', maxTokens: 512 }));
  expect(await largestDifference(model, 200, 32)).toBe(0);
});

test('a row without tokens gets scores like any other, alone and among others', async () => {
  const model = await loadTiny(await tinyPack({ name: 'mood' }));
  const [alone] = await model.score([model.encode('   ')]);
  const [among] = await model.score([model.encode('   '), model.encode('good bad fine')]);
  expect([...(alone ?? [])]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  expect(among).toEqual(alone);
});

test('a text is cut to the first tokens that the pack reads', async () => {
  const model = await loadTiny(await tinyPack({ name: 'mood', maxTokens: 3 }));
  expect(model.encode('good bad fine good')).toEqual({ ids: [2, 3, 4], truncated: true });
  expect(model.encode('good bad fine')).toEqual({ ids: [2, 3, 4], truncated: false });
});

test('a run is fed whole 64-bit ids, a mask of ones where a row has tokens, zeros elsewhere', async () => {
  const fed: Record<string, Tensor>[] = [];
  const engine: InferenceEngine = {
    load: async () => ok(recordingSession(fed)),
    heapBytes: () => 0,
  };
  const pack = await tinyPack({ name: 'mood' });
  const store = createMemoryBlobStore();
  await seedPack(store, pack);
  const model = await load(store, pack.name, pack.version, engine);
  await model.score([model.encode('bad'), { ids: [2, 2_000_000_000, 4], truncated: false }]);
  expect(fed).toEqual([
    {
      input_ids: { type: 'int64', shape: [2, 3], data: BigInt64Array.of(3n, 0n, 0n, 2n, 2_000_000_000n, 4n) },
      attention_mask: { type: 'int64', shape: [2, 3], data: BigInt64Array.of(1n, 0n, 0n, 1n, 1n, 1n) },
    },
  ]);
});

test('no rows make no scores', async () => {
  const model = await loadTiny(await tinyPack({ name: 'mood' }));
  expect(await model.score([])).toEqual([]);
});

describe.each(starterNames('text-classification'))('the starter pack %s', (name) => {
  test('gives a row the same scores whoever goes with it, within 1e-5', { timeout: 120_000 }, async () => {
    const model = await loadStarter(name);
    expect(await largestDifference(model, 40, 24)).toBeLessThan(TOLERANCE);
  });

  test('gives probabilities that sum to 1, for a text without tokens too', async () => {
    const model = await loadStarter(name);
    const texts = ['', ' ', 'hello there', '送餐太慢了，菜都凉了', '\ud800', 'word '.repeat(5000)];
    for (const scores of await model.score(texts.map((text) => model.encode(text)))) {
      expect(scores).toHaveLength(model.labels.length);
      if (model.manifest.scores !== 'sigmoid') expect(scores.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    }
  });
});

/** The largest change of any score between a row alone and the same row among `rows` random companions. */
async function largestDifference(model: TextModel, seeds: number, rows: number): Promise<number> {
  let largest = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const random = createRandom(seed);
    const batch = Array.from({ length: 1 + random.below(rows) }, () => model.encode(randomText(random)));
    const at = random.below(batch.length);
    const together = (await model.score(batch))[at] ?? [];
    const [alone = []] = await model.score(batch.slice(at, at + 1));
    if (together.length !== alone.length) return Number.POSITIVE_INFINITY;
    alone.forEach((score, label) => {
      largest = Math.max(largest, Math.abs(score - (together[label] ?? Number.NaN)));
    });
  }
  return largest;
}

/** Mostly short texts, now and then a long one, sometimes an empty one. */
function randomText(random: Random): string {
  const count = random.below(10) === 0 ? random.below(300) : random.below(12);
  return Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
}

async function loadTiny(pack: TinyPack): Promise<TextModel> {
  const store = createMemoryBlobStore();
  await seedPack(store, pack);
  return load(store, pack.name, pack.version);
}

async function loadStarter(name: string): Promise<TextModel> {
  return load(await starterStore(name), name, starterManifest(name).version);
}

/** A session that keeps what it is fed and answers zeros for three labels. */
function recordingSession(fed: Record<string, Tensor>[]): InferenceSession {
  const tokens = { type: 'int64', shape: ['batch', 'sequence'] };
  return {
    inputs: [
      { name: 'input_ids', ...tokens },
      { name: 'attention_mask', ...tokens },
    ],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 3] }],
    async run(feeds) {
      fed.push({ ...feeds });
      const rows = feeds['input_ids']?.shape[0] ?? 0;
      return { logits: { type: 'float32', shape: [rows, 3], data: new Float32Array(rows * 3) } };
    },
    release: async () => {},
  };
}

async function load(store: BlobStore, name: string, version: string, engine?: InferenceEngine): Promise<TextModel> {
  const location = { root: 'models', name, version } as const;
  const model = await loadTextModel(store, engine ?? (await createNodeOnnxEngine()), location);
  if (!model.ok) throw new Error(model.failure.detail);
  return model.value;
}
