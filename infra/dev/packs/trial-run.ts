import { createMemoryBlobStore } from '../../../shared/adapters/memory/memory-blob-store.ts';
import type { Outcome } from '../../../shared/core/failure.ts';
import { type ImageModel, loadImageModel } from '../../../shared/model/image-model.ts';
import { loadRecommenderModel, type RecommenderModel } from '../../../shared/model/recommender-model.ts';
import { loadTensorModel } from '../../../shared/model/tensor-model.ts';
import { loadTextModel } from '../../../shared/model/text-model.ts';
import type { InferenceEngine, InferenceSession } from '../../../shared/ports/inference-engine.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { probeFeeds } from './probe-feeds.ts';
import { type PackUpload, uploadPack } from './upload-pack.ts';

/** Free dimensions that most graphs take: a few tokens or rows, one, and the usual sides of pictures. */
const FREE_SIZES = [8, 1, 32, 224];

const PROBE_TEXTS = ['A short text.', '再来一次，谢谢！', `A longer one: ${'word '.repeat(200)}`];

/**
 * Loads the pack exactly as the functions will and runs it. Returns one line about what came out; throws `DevError` if it
 * can't.
 */
export async function tryPack(engine: InferenceEngine, upload: PackUpload): Promise<string> {
  const store = createMemoryBlobStore();
  await uploadPack(store, upload);
  const { name, version, task } = upload.manifest;
  const location = { root: upload.root, name, version };
  if (task === 'text-classification') {
    const model = requireUsable(await loadTextModel(store, engine, location));
    const scores = await model.score(PROBE_TEXTS.map((text) => model.encode(text)));
    requireNumbers(scores);
    return `ran on ${scores.length} texts, ${model.labels.length} labels each`;
  }
  if (task === 'image-classification') return runOnGrey(requireUsable(await loadImageModel(store, engine, location)));
  if (task === 'recommendation' || task === 'rating') {
    return runOnOneItem(requireUsable(await loadRecommenderModel(store, engine, location)));
  }
  const model = requireUsable(await loadTensorModel(store, engine, location));
  return runOnZeros(model.session);
}

/** The most popular item is had, or rated best. */
async function runOnOneItem(model: RecommenderModel): Promise<string> {
  const item = model.items.byPopularity[0] as number;
  if (model.kind === 'rating') {
    const rating = model.settings.ratingScale?.[1] ?? 1;
    const ratings = await model.rate({ historyIds: [item], historyRatings: [rating], candidateIds: [item] });
    requireNumbers([Float64Array.from(ratings)]);
    return `ran on one rating, gives ${ratings.length}`;
  }
  const history = { historyIds: [item], historyWeights: [1], historyBias: [Number.NEGATIVE_INFINITY] };
  const { ids, scores } = await model.rank({ ...history, itemBias: null, k: 10 });
  requireNumbers([Float64Array.from(scores)]);
  return `ran on a history of one item, gives the ${ids.length} best of ${model.items.count}`;
}

async function runOnGrey(model: ImageModel): Promise<string> {
  const grey = { width: 8, height: 8, pixels: new Uint8Array(3 * 8 * 8).fill(128) };
  const { heads } = await model.answer(model.prepare(grey), model.hasEmbedding);
  requireNumbers(heads.map(({ scores }) => scores));
  const counts = heads.map(
    ({ head, scores }) => `${scores.length} labels${head.attribute ? ` of ${head.attribute}` : ''}`,
  );
  return `ran on a grey picture at ${model.width} × ${model.height}, ${counts.join(', ')}`;
}

function requireNumbers(scores: readonly Float64Array[]): void {
  if (scores.every((row) => row.every((score) => Number.isFinite(score)))) return;
  throw new DevError(
    'the graph gives scores that are not numbers.',
    'Check the export; a graph exported in float16 often does this.',
  );
}

async function runOnZeros(session: InferenceSession): Promise<string> {
  const reasons: string[] = [];
  for (const size of FREE_SIZES) {
    try {
      const outputs = await session.run(probeFeeds(session.inputs, size));
      const shapes = Object.entries(outputs).map(([name, tensor]) => `${name} [${tensor.shape.join(', ')}]`);
      return `ran on zeros, gives ${shapes.join(', ')}`;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new DevError(
    `the graph loads but does not run on zeros: ${reasons[0]}`,
    'Check the export: free dimensions must take any length.',
  );
}

function requireUsable<T>(loaded: Outcome<T>): T {
  if (loaded.ok) return loaded.value;
  throw new DevError(loaded.failure.detail, 'npm run edgemark -- pack import --help says what is expected.');
}
