import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { asRanking, loadRecommenderModel, type RankingModel } from '../../shared/model/recommender-model.ts';
import type { InferenceEngine } from '../../shared/ports/inference-engine.ts';
import { starterManifest, starterNames, starterStore } from '../support/starter-packs.ts';

const MAX_HEAP_BYTES = 60 * 1024 * 1024;

/** What the trainer's own run of the same file in native ONNX Runtime gave, by title. */
const ExamplesSchema = z.object({
  parameters: z.object({
    examples: z.array(z.object({ because: z.string(), recommended: z.array(z.string()).min(1) })).min(3),
  }),
});

let engine: InferenceEngine;
beforeAll(async () => {
  engine = await createNodeOnnxEngine();
});

describe.each(starterNames('recommendation'))('starter pack %s', (name) => {
  let model: RankingModel;
  beforeAll(async () => {
    const location = { root: SHARED_MODELS_ROOT, name, version: starterManifest(name).version };
    const loaded = await loadRecommenderModel(await starterStore(name), engine, location);
    const ranking = loaded.ok ? asRanking(loaded.value) : loaded;
    if (!ranking.ok) throw new Error(ranking.failure.detail);
    model = ranking.value;
  });

  it('recommends in WebAssembly what the trainer saw natively', async () => {
    const { examples } = ExamplesSchema.parse(starterManifest(name).lineage).parameters;
    for (const { because, recommended } of examples) {
      const titles = await titlesFor([indexOfTitle(because)], recommended.length);
      expect(titles, because).toEqual(recommended);
    }
  });

  it('gives scores that are the sums of their contributions', async () => {
    const historyIds = [...model.items.byPopularity.subarray(0, 40)];
    const historyWeights = historyIds.map((_, at) => 1 / (1 + at));
    const historyBias = historyIds.map(() => Number.NEGATIVE_INFINITY);
    const ranking = await model.rank({ historyIds, historyWeights, historyBias, itemBias: null, k: 20 });
    const { scores, contributions, ids } = ranking;
    expect(ids).toHaveLength(20);
    scores.forEach((score, row) => {
      const parts = contributions.subarray(row * historyIds.length, (row + 1) * historyIds.length);
      // The graph rounds the query that it multiplies by all items to two bytes a dimension.
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 3);
    });
  });

  it('takes as many items as it says, and stays within the memory that it says', async () => {
    const { maxHistory } = model.settings;
    const historyIds = [...model.items.byPopularity.subarray(0, maxHistory)];
    const historyBias = historyIds.map(() => Number.NEGATIVE_INFINITY);
    await model.rank({ historyIds, historyWeights: historyIds.map(() => 1), historyBias, itemBias: null, k: 100 });
    expect(engine.heapBytes()).toBeLessThanOrEqual(Math.min(MAX_HEAP_BYTES, 2 * model.manifest.model.heapBytes));
  });

  async function titlesFor(historyIds: readonly number[], k: number): Promise<(string | undefined)[]> {
    const historyBias = historyIds.map(() => Number.NEGATIVE_INFINITY);
    const query = { historyIds, historyWeights: historyIds.map(() => 1), historyBias, itemBias: null, k };
    return [...(await model.rank(query)).ids].map((index) => model.items.titles?.[index]);
  }

  function indexOfTitle(title: string): number {
    return model.items.titles?.indexOf(title) ?? -1;
  }
});
