import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { topK } from '../../shared/core/top-k.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { toProblem } from '../../shared/http/problem.ts';
import { MAX_IMAGE_BYTES, type ReadImage, readImage, tooLarge } from '../../shared/image/read-image.ts';
import type { HeadScores, ImageModel } from '../../shared/model/image-model.ts';
import { tenantImagesPrefix } from '../../shared/model/model-keys.ts';
import type { Serving } from '../../shared/model/serving.ts';
import { useModel } from '../../shared/model/use-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { ImageDecoder } from '../../shared/ports/image-decoder.ts';
import type { ImageSource, NamedSource, TagBody } from './body.ts';
import type {
  HuggingFaceAnswer,
  ImageDescription,
  Tag,
  TagBatchResponse,
  TagParameters,
  TagResponse,
} from './contract.ts';
import { describeImage, smallestDecoded } from './describe-image.ts';

export interface TagDeps {
  readonly serving: Serving<ImageModel>;
  readonly decoder: ImageDecoder;
  readonly store: BlobStore;
}

/** What a head says of a picture that shows nothing it knows. */
const OTHER = 'other';
const DEFAULT_TOP_K = 3;
/** Of the Hugging Face pipeline. */
const HUGGING_FACE_TOP_K = 5;

interface Wanted {
  readonly topK: number;
  readonly threshold: number;
  readonly embed: boolean;
}

interface Answer<T> {
  readonly tags: Tag[];
  /** What was found by looking at the picture besides. */
  readonly image: T;
  readonly embedding?: number[];
}

/** Tags one picture, or each of several: a bad one gets its own problem there; alone, it fails the call. */
export async function tag(
  deps: TagDeps,
  query: TagParameters,
  body: TagBody,
  caller: Caller,
): Promise<Outcome<TagResponse | TagBatchResponse>> {
  const { model, topK = DEFAULT_TOP_K, threshold = 0, embed = false } = merge(query, body.parameters);
  if (model === undefined) return invalidField('model', 'name a model, such as ?model=clothing');
  const wanted = { topK, threshold, embed };
  const used = await useModel(deps.serving, caller, model, async (loaded) => {
    if (embed && !loaded.hasEmbedding) return invalidField('embed', `${loaded.manifest.name} gives no vectors`);
    const answers: Outcome<Answer<ImageDescription>>[] = [];
    for (const image of body.images) {
      answers.push(await answerOne(deps, loaded, image, wanted, caller.tenant, describeImage));
    }
    return ok({ loaded, answers });
  });
  if (!used.ok) return used;
  if (!used.value.ok) return used.value;
  const { loaded, answers } = used.value.value;
  const served = { name: loaded.manifest.name, version: loaded.manifest.version };
  const { requestId } = caller;
  if (body.isBatch) return ok({ model: served, results: toResults(body.images, answers, requestId), requestId });
  const only = answers[0] as Outcome<Answer<ImageDescription>>;
  return only.ok ? ok({ model: served, ...only.value, requestId }) : only;
}

/** The same for Hugging Face clients: labels and scores of one picture, best first. */
export async function tagAsHuggingFace(
  deps: TagDeps,
  modelName: string,
  body: TagBody,
  caller: Caller,
): Promise<Outcome<HuggingFaceAnswer>> {
  const wanted = { topK: body.parameters.topK ?? HUGGING_FACE_TOP_K, threshold: 0, embed: false };
  const used = await useModel(deps.serving, caller, modelName, async (loaded) => {
    const answer = await answerOne(deps, loaded, body.images[0] as NamedSource, wanted, caller.tenant, () => null);
    return answer.ok ? ok(flatten(answer.value.tags, loaded.heads.length > 1)) : answer;
  });
  return used.ok ? used.value : used;
}

function flatten(tags: readonly Tag[], isNamed: boolean): HuggingFaceAnswer {
  return tags
    .map(({ label, score, attribute }) => ({ label: isNamed ? `${attribute}: ${label}` : label, score }))
    .sort((a, b) => b.score - a.score);
}

/** What the body says counts before what the query says. */
function merge(query: TagParameters, body: TagParameters): TagParameters {
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return { ...query, ...Object.fromEntries(given) };
}

async function answerOne<T>(
  deps: TagDeps,
  model: ImageModel,
  { source, pointer }: NamedSource,
  wanted: Wanted,
  tenant: string,
  look: (image: ReadImage) => T,
): Promise<Outcome<Answer<T>>> {
  const bytes = await fetchBytes(deps.store, source, tenant, pointer);
  if (!bytes.ok) return bytes;
  const read = await readImage(
    deps.decoder,
    bytes.value,
    smallestDecoded(model.smallest),
    (image) => ({ looked: look(image), pixelValues: model.prepare(image.rgb) }),
    pointer,
  );
  if (!read.ok) return read;
  const { heads, embedding } = await model.answer(read.value.pixelValues, wanted.embed);
  return ok({
    tags: heads.flatMap((head) => tagsOf(head, wanted)),
    image: read.value.looked,
    ...(embedding === null ? {} : { embedding: [...embedding] }),
  });
}

/** The head's best labels, or `other` with what is missing to certainty where even the best is below the head's limit. */
function tagsOf({ head, scores }: HeadScores, { topK: k, threshold }: Wanted): Tag[] {
  const attribute = head.attribute === undefined ? {} : { attribute: head.attribute };
  const best = scores[topK(scores, 1)[0] as number] as number;
  if (head.otherBelow !== undefined && best < head.otherBelow) {
    const score = 1 - best;
    return score >= threshold ? [{ label: OTHER, score, ...attribute }] : [];
  }
  return topK(scores, k, threshold).map((index) => ({
    label: head.labels[index] as string,
    score: scores[index] as number,
    ...attribute,
  }));
}

async function fetchBytes(
  store: BlobStore,
  source: ImageSource,
  tenant: string,
  pointer: string,
): Promise<Outcome<Uint8Array>> {
  if ('bytes' in source) return ok(await source.bytes());
  const prefix = tenantImagesPrefix(tenant);
  // A key may be written in full; another tenant's is then looked for below one's own prefix, and is not there.
  const key = source.key.startsWith(prefix) ? source.key : prefix + source.key;
  const found = await store.get(key);
  if (found.kind === 'missing') {
    return fail({ kind: 'not-found', detail: `${pointer}: there is no object ${key}.` });
  }
  if (found.sizeBytes > MAX_IMAGE_BYTES) {
    await found.body.cancel();
    return tooLarge(found.sizeBytes);
  }
  return ok(await found.bytes());
}

function toResults(
  images: readonly NamedSource[],
  answers: readonly Outcome<Answer<ImageDescription>>[],
  requestId: string,
): TagBatchResponse['results'] {
  return answers.map((answer, index) => {
    const name = images[index]?.name;
    const named = name === undefined ? {} : { name };
    if (answer.ok) return { ...named, ...answer.value };
    return { ...named, error: toProblem(answer.failure, requestId) as TagBatchResponse['results'][number]['error'] };
  });
}
