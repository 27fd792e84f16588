import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { InferenceEngine, InferenceSession } from '../ports/inference-engine.ts';
import type { Manifest, RecommenderDescription } from './manifest.ts';
import { type PackLocation, readManifest, readPackFile, wrongTask } from './pack.ts';
import type { Loaded } from './pack-cache.ts';
import { findRankingMisfit, type Ranking, type RankingQuery, runRanking } from './ranking-graph.ts';
import { findRatingMisfit, type RatingQuery, runRating } from './rating-graph.ts';
import { type PackItems, readItems } from './recommender-items.ts';

/** A pack that orders items for a history (task `recommendation`). */
export interface RankingModel extends RecommenderBase {
  readonly kind: 'recommendation';
  /** One run of the graph. */
  rank(query: RankingQuery): Promise<Ranking>;
}

/** A pack that predicts what a user would rate (task `rating`). */
export interface RatingModel extends RecommenderBase {
  readonly kind: 'rating';
  /** A rating for each candidate, within the pack's scale. */
  rate(query: RatingQuery): Promise<Float32Array>;
}

export type RecommenderModel = RankingModel | RatingModel;

interface RecommenderBase extends Loaded {
  readonly manifest: Manifest;
  readonly settings: RecommenderDescription;
  readonly items: PackItems;
}

/** Loads a pack of the task `recommendation` or `rating`: manifest, items and graph, each verified. */
export async function loadRecommenderModel(
  store: BlobStore,
  engine: InferenceEngine,
  location: PackLocation,
): Promise<Outcome<RecommenderModel>> {
  const read = await readManifest(store, location);
  if (!read.ok) return read;
  const manifest = read.value;
  const label = `${location.name}@${location.version}`;
  if (!manifest) return unusable(`The manifest of ${label} is missing.`);
  const { task, recommender: settings } = manifest;
  if (task !== 'recommendation' && task !== 'rating') return wrongTask(manifest, 'a recommender');
  if (!settings) return unusable(`The manifest of ${label} lacks the section "recommender".`);
  const [itemsJson, graph] = await Promise.all([
    readPackFile(store, location, manifest, settings.items),
    readPackFile(store, location, manifest, manifest.model.file),
  ]);
  if (!itemsJson.ok) return itemsJson;
  if (!graph.ok) return graph;
  const items = readItems(itemsJson.value, settings.itemCount);
  if (!items.ok) return unusable(`The items of ${label} cannot be read: ${items.failure.reason}.`);
  const session = await engine.load(graph.value);
  if (!session.ok) return unusable(`The graph of ${label} cannot run: ${session.failure.reason}`);
  const misfit = task === 'rating' ? findRatingMisfit(session.value) : findRankingMisfit(session.value);
  if (misfit !== null) {
    await session.value.release();
    return unusable(`The graph of ${label} does not fit the task ${task}: ${misfit}`);
  }
  return ok(createRecommenderModel(manifest, settings, items.value, session.value));
}

function createRecommenderModel(
  manifest: Manifest,
  settings: RecommenderDescription,
  items: PackItems,
  session: InferenceSession,
): RecommenderModel {
  const base = {
    manifest,
    settings,
    items,
    heapBytes: manifest.model.heapBytes,
    release: () => session.release(),
  };
  if (manifest.task === 'rating') return { ...base, kind: 'rating', rate: (query) => runRating(session, query) };
  return { ...base, kind: 'recommendation', rank: (query) => runRanking(session, items.count, query) };
}

/** The model, if it orders items; else the caller's mistake. */
export function asRanking(model: RecommenderModel): Outcome<RankingModel> {
  return model.kind === 'recommendation' ? ok(model) : wrongTask(model.manifest, 'made to recommend or to rank');
}

/** The model, if it predicts ratings; else the caller's mistake. */
export function asRating(model: RecommenderModel): Outcome<RatingModel> {
  return model.kind === 'rating' ? ok(model) : wrongTask(model.manifest, 'made to predict ratings');
}

function unusable(detail: string): Outcome<never> {
  return fail({ kind: 'model-unusable', detail });
}
