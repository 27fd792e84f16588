import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { topK } from '../../shared/core/top-k.ts';
import { type Manifest, ManifestSchema } from '../../shared/model/manifest.ts';
import { packPrefix, SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { loadTextModel, type TextModel } from '../../shared/model/text-model.ts';
import type { InferenceEngine } from '../../shared/ports/inference-engine.ts';

const STARTER = fileURLToPath(new URL('../../infra/starter/', import.meta.url));
const MAX_PACK_BYTES = 4_000_000;
const MAX_HEAP_BYTES = 60 * 1024 * 1024;

/** Sentences whose label nobody would dispute, one a line of each pack's purpose. */
const KNOWN: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  sentiment: [
    ['I love this hotel, the staff were wonderful!', 'positive'],
    ['Terrible service and the food was cold. Never again.', 'negative'],
    ['房间又脏又吵，再也不会来了。', 'negative'],
    ['味道很好，送餐也快，下次还会点。', 'positive'],
  ],
  intent: [
    ['my card has not arrived yet', 'card_arrival'],
    ['what is the exchange rate for euros?', 'exchange_rate'],
  ],
  'product-category': [['Samsung RB31FERNCSA 310L Fridge Freezer silver', 'Fridge Freezers']],
};

let engine: InferenceEngine;
beforeAll(async () => {
  engine = await createNodeOnnxEngine();
});

describe.each(readdirSync(STARTER))('starter pack %s', (name) => {
  const folder = `${STARTER}${name}/`;
  const manifest: Manifest = ManifestSchema.parse(JSON.parse(readFileSync(`${folder}manifest.json`, 'utf8')));

  async function load(): Promise<TextModel> {
    const store = createMemoryBlobStore();
    const prefix = packPrefix(SHARED_MODELS_ROOT, name, manifest.version);
    for (const path of ['manifest.json', ...manifest.files.map((file) => file.path)]) {
      await store.put(prefix + path, new Uint8Array(readFileSync(folder + path)));
    }
    const loaded = await loadTextModel(store, engine, { root: SHARED_MODELS_ROOT, name, version: manifest.version });
    if (!loaded.ok) throw new Error(loaded.failure.detail);
    return loaded.value;
  }

  it('has the files, sizes and hashes of its manifest, in 4 MB', async () => {
    const model = await load();
    await model.release();
    expect(manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)).toBeLessThanOrEqual(MAX_PACK_BYTES);
  });

  it('states every figure with its interval, data and rows', () => {
    expect(manifest.metrics.length).toBeGreaterThan(0);
    for (const metric of manifest.metrics) {
      const [low, high] = metric.interval ?? [Number.NaN, Number.NaN];
      expect(low).toBeLessThanOrEqual(metric.value);
      expect(high).toBeGreaterThanOrEqual(metric.value);
      expect(metric.rows).toBeGreaterThan(0);
    }
  });

  it('answers known sentences right, with probabilities that sum to 1', async () => {
    const model = await load();
    const known = KNOWN[name] ?? [];
    const scores = await model.score(known.map(([text]) => model.encode(text)));
    const labels = scores.map((row) => model.labels[topK(row, 1)[0] ?? -1]);
    await model.release();
    expect(labels).toEqual(known.map(([, label]) => label));
    for (const row of scores) expect(row.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
  });

  it('answers one row the same whatever its companions and their lengths are', async () => {
    const model = await load();
    const text = model.encode(KNOWN[name]?.[0]?.[0] ?? 'a text');
    const [alone] = await model.score([text]);
    for (const length of [1, 7, 60]) {
      const companion = model.encode('companion word '.repeat(length));
      const [beside] = await model.score([text, companion]);
      const differences = Array.from(beside ?? [], (score, index) => Math.abs(score - (alone?.[index] ?? 0)));
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
    await model.release();
  });

  it('stays within the heap, a batch of 256 long texts included', async () => {
    const model = await load();
    await model.score(Array.from({ length: 256 }, () => model.encode('a rather long text about nothing '.repeat(40))));
    await model.release();
    expect(engine.heapBytes()).toBeLessThanOrEqual(MAX_HEAP_BYTES);
  });
});
