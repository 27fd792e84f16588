import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import { loadImageModel } from '../../shared/model/image-model.ts';
import { type PackLocation, readManifest } from '../../shared/model/pack.ts';
import { createPackCache, type PackCache } from '../../shared/model/pack-cache.ts';
import { asRanking, loadRecommenderModel, type RankingModel } from '../../shared/model/recommender-model.ts';
import { loadTextModel } from '../../shared/model/text-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ImageDecoder } from '../../shared/ports/image-decoder.ts';
import type { InferenceEngine } from '../../shared/ports/inference-engine.ts';
import { type Classifier, imageClassifier, textClassifier } from './classifier.ts';

/** Memory that loaded packs may take, of the 128 MB that an isolate has: states of rows need the rest. Two that do not fit take turns. */
const PACK_BUDGET_BYTES = 64 * 1024 * 1024;
/** How long a message waits for a load that another one started, before it loads in its own context. */
const LOAD_WAIT_MS = 5_000;

/** A model that can be asked about rows of a dataset. */
export type AskedModel = Classifier | RankingModel;

export interface PackDeps {
  readonly store: BlobStore;
  readonly engine: InferenceEngine;
  readonly decoder: ImageDecoder;
  readonly clock: Clock;
}

/** Packs of texts, pictures and recommendations, each loaded once, in one budget of memory. */
export function createPacks(deps: PackDeps): PackCache<AskedModel> {
  return createPackCache<AskedModel>({
    load: (location) => loadPack(deps, location),
    clock: deps.clock,
    budgetBytes: PACK_BUDGET_BYTES,
    waitMs: LOAD_WAIT_MS,
  });
}

async function loadPack({ store, engine, decoder }: PackDeps, location: PackLocation): Promise<Outcome<AskedModel>> {
  const manifest = await readManifest(store, location);
  if (!manifest.ok) return manifest;
  if (manifest.value?.task === 'image-classification') {
    const model = await loadImageModel(store, engine, location);
    return model.ok ? ok(imageClassifier(model.value, decoder)) : model;
  }
  if (manifest.value?.task === 'recommendation') {
    const model = await loadRecommenderModel(store, engine, location);
    return model.ok ? asRanking(model.value) : model;
  }
  const model = await loadTextModel(store, engine, location);
  return model.ok ? ok(textClassifier(model.value)) : model;
}

/** The pack as what its manifest says it is. */
export function asClassifier(pack: AskedModel): Classifier {
  if (pack.kind !== 'classification') throw new Error('a pack does not classify, as its manifest says');
  return pack;
}

export function asRecommender(pack: AskedModel): RankingModel {
  if (pack.kind !== 'recommendation') throw new Error('a pack does not recommend, as its manifest says');
  return pack;
}
