import { type Failure, invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import { readImage } from '../../shared/image/read-image.ts';
import type { ImageModel } from '../../shared/model/image-model.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Loaded } from '../../shared/model/pack-cache.ts';
import type { TextModel } from '../../shared/model/text-model.ts';
import type { ImageDecoder } from '../../shared/ports/image-decoder.ts';

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
  readonly kind: 'classification';
  /** Scores for each input in the order of the question's labels, or in words why there are none. */
  score(inputs: readonly string[], question: Question, open: OpenPicture): Promise<Result<Float64Array, string>[]>;
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

export function textClassifier(model: TextModel): Classifier {
  return {
    kind: 'classification',
    heapBytes: model.heapBytes,
    release: () => model.release(),
    async score(texts) {
      const scores = await model.score(texts.map((text) => model.encode(text)));
      return scores.map(ok);
    },
  };
}

export function imageClassifier(model: ImageModel, decoder: ImageDecoder): Classifier {
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
    kind: 'classification',
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
