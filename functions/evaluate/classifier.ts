import { type Failure, invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import { readImage } from '../../shared/image/read-image.ts';
import { type ImageModel, loadImageModel } from '../../shared/model/image-model.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { type PackLocation, readManifest } from '../../shared/model/pack.ts';
import { createPackCache, type Loaded, type PackCache } from '../../shared/model/pack-cache.ts';
import { loadTextModel, type TextModel } from '../../shared/model/text-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ImageDecoder } from '../../shared/ports/image-decoder.ts';
import type { InferenceEngine } from '../../shared/ports/inference-engine.ts';

/** Memory that loaded packs may take, of the 128 MB that an isolate has: states of rows need the rest. Two that do not fit take turns. */
const PACK_BUDGET_BYTES = 64 * 1024 * 1024;
/** How long a message waits for a load that another one started, before it loads in its own context. */
const LOAD_WAIT_MS = 5_000;

/** A question that a model answers by scores of labels. */
export interface Question {
  readonly attribute?: string;
  readonly labels: readonly string[];
  /** Where even the best score is below it, the answer is `OTHER`. */
  readonly otherBelow?: number;
}

/** What an image model says of a picture that shows nothing it knows. */
export const OTHER = 'other';

/** Gives the bytes of a picture by its path, or says what is wrong with it. */
export type OpenPicture = (path: string) => Promise<Result<Uint8Array, string>>;

/** A loaded model that scores labels of texts, or of pictures by their paths. */
export interface Classifier extends Loaded {
  /** Scores for each input in the order of the question's labels, or in words why there are none. */
  score(inputs: readonly string[], question: Question, open: OpenPicture): Promise<Result<Float64Array, string>[]>;
}

export interface ClassifierDeps {
  readonly store: BlobStore;
  readonly engine: InferenceEngine;
  readonly decoder: ImageDecoder;
  readonly clock: Clock;
}

/** Text and image packs, each loaded once, in one budget of memory. */
export function createClassifiers({ store, engine, decoder, clock }: ClassifierDeps): PackCache<Classifier> {
  return createPackCache<Classifier>({
    load: async (location: PackLocation) => {
      const manifest = await readManifest(store, location);
      if (!manifest.ok) return manifest;
      if (manifest.value?.task === 'image-classification') {
        const model = await loadImageModel(store, engine, location);
        return model.ok ? ok(imageClassifier(model.value, decoder)) : model;
      }
      const model = await loadTextModel(store, engine, location);
      return model.ok ? ok(textClassifier(model.value)) : model;
    },
    clock,
    budgetBytes: PACK_BUDGET_BYTES,
    waitMs: LOAD_WAIT_MS,
  });
}

/** The question that is meant: the only one, or the one of the attribute. `pointer` names the model's field in failures. */
export function questionOf(manifest: Manifest, attribute: string | undefined, pointer: string): Outcome<Question> {
  const questions = questionsOf(manifest);
  const model = `${manifest.name}@${manifest.version}`;
  const names = questions.map((each) => `"${each.attribute}"`).join(', ');
  if (attribute === undefined) {
    const [only, ...more] = questions;
    if (only === undefined) return invalidField(pointer, `${model} has no labels`);
    return more.length === 0
      ? ok(only)
      : invalidField('attribute', `${model} answers about ${names}: say which is meant`);
  }
  const found = questions.find((each) => each.attribute === attribute);
  if (found) return ok(found);
  return invalidField(
    'attribute',
    `${model} does not answer about "${attribute}"${names === '' ? '' : `, but about ${names}`}`,
  );
}

function questionsOf({ heads, labels }: Manifest): readonly Question[] {
  if (heads)
    return heads.map(({ attribute, labels: own, otherBelow }) => ({
      attribute,
      labels: own,
      ...(otherBelow === undefined ? {} : { otherBelow }),
    }));
  return labels ? [{ labels }] : [];
}

function textClassifier(model: TextModel): Classifier {
  return {
    heapBytes: model.heapBytes,
    release: () => model.release(),
    async score(texts) {
      const scores = await model.score(texts.map((text) => model.encode(text)));
      return scores.map(ok);
    },
  };
}

function imageClassifier(model: ImageModel, decoder: ImageDecoder): Classifier {
  const scoreOne = async (
    path: string,
    { attribute }: Question,
    open: OpenPicture,
  ): Promise<Result<Float64Array, string>> => {
    const bytes = await open(path);
    if (!bytes.ok) return bytes;
    const read = await readImage(decoder, bytes.value, model.smallest, (image) => model.prepare(image.rgb));
    if (!read.ok) return { ok: false, failure: read.failure.detail };
    const { heads } = await model.answer(read.value, false);
    const answered = heads.find(({ head }) => head.attribute === attribute) ?? heads[0];
    return ok(answered?.scores ?? new Float64Array());
  };
  return {
    heapBytes: model.heapBytes,
    release: () => model.release(),
    async score(paths, question, open) {
      const scores: Result<Float64Array, string>[] = [];
      for (const path of paths) scores.push(await scoreOne(path, question, open));
      return scores;
    },
  };
}

/** A failure that is told of another field than the one it was found in. */
export function pointedAt(failure: Failure, pointer: string): Failure {
  if (failure.kind !== 'invalid-request') return failure;
  return {
    ...failure,
    errors: failure.errors.map(({ message }) => ({ pointer, message })),
    detail: `${pointer}: ${failure.errors[0]?.message ?? failure.detail}`,
  };
}
