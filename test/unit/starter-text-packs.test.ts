import { beforeAll, describe, expect, it } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { topK } from '../../shared/core/top-k.ts';
import { SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { loadTextModel, type TextModel } from '../../shared/model/text-model.ts';
import type { InferenceEngine } from '../../shared/ports/inference-engine.ts';
import { starterManifest, starterNames, starterStore } from '../support/starter-packs.ts';

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

describe.each(starterNames('text-classification'))('starter pack %s', (name) => {
  async function load(): Promise<TextModel> {
    const location = { root: SHARED_MODELS_ROOT, name, version: starterManifest(name).version };
    const loaded = await loadTextModel(await starterStore(name), engine, location);
    if (!loaded.ok) throw new Error(loaded.failure.detail);
    return loaded.value;
  }

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
