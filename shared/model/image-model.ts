import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import { sigmoid, softmax } from '../core/softmax.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { InferenceEngine, InferenceSession, Tensor } from '../ports/inference-engine.ts';
import { createImagePreprocessor, type ImagePreprocessor } from './image-preprocessor.ts';
import type { Head, Manifest } from './manifest.ts';
import { type PackLocation, readManifest, readPackFile, wrongTask } from './pack.ts';
import type { Loaded } from './pack-cache.ts';
import type { Size } from './preprocessor-config.ts';

/** What one head of a pack answers about a picture. */
export interface HeadScores {
  readonly head: ImageHead;
  /**
   * Probabilities in the order of the head's labels: they sum to 1, or are independent where the manifest's `scores` says
   * `sigmoid`.
   */
  readonly scores: Float64Array;
}

/** A head as it serves; a pack of a single head may leave its attribute unnamed. */
export type ImageHead = Omit<Head, 'attribute'> & { readonly attribute?: string };

export interface ImageAnswer {
  readonly heads: readonly HeadScores[];
  /** The picture as a vector of length 1, where it was asked for and the pack gives one. */
  readonly embedding: Float32Array | null;
}

/**
 * An image classifier ready to answer. Its pack has the task `image-classification`, a `preprocessor_config.json` named by
 * the manifest's `image.preprocessor`, and a graph with the input `pixel_values`, float32 [batch, 3, height, width], and one
 * float32 output [batch, labels] for each of the manifest's `heads`: `logits`, or `logits_<attribute>` where there are
 * several. A further output `embedding` [batch, d] is optional. A manifest with `labels` and without `heads` is one head on
 * `logits` without an attribute.
 */
export interface ImageModel extends Loaded {
  readonly manifest: Manifest;
  readonly heads: readonly ImageHead[];
  /** Size in pixels of the network's input. */
  readonly width: number;
  readonly height: number;
  /** Size that pictures are resized to at least, before anything is cut off. */
  readonly smallest: Size;
  readonly hasEmbedding: boolean;
  /** The network's input for one picture. */
  prepare(image: RgbImage): Float32Array;
  /** Answers about one prepared picture. */
  answer(pixelValues: Float32Array, embed: boolean): Promise<ImageAnswer>;
}

const INPUT = 'pixel_values';
const LOGITS = 'logits';
const EMBEDDING = 'embedding';

/** Loads an image-classification pack: manifest, preprocessor and graph, each verified. */
export async function loadImageModel(
  store: BlobStore,
  engine: InferenceEngine,
  location: PackLocation,
): Promise<Outcome<ImageModel>> {
  const read = await readManifest(store, location);
  if (!read.ok) return read;
  const manifest = read.value;
  const label = `${location.name}@${location.version}`;
  if (!manifest) return unusable(`The manifest of ${label} is missing.`);
  if (manifest.task !== 'image-classification') return wrongTask(manifest, 'an image classifier');
  const heads = headsOf(manifest);
  if (!manifest.image || heads === null) return unusable(`The manifest of ${label} lacks labels or a preprocessor.`);
  const [configJson, graph] = await Promise.all([
    readPackFile(store, location, manifest, manifest.image.preprocessor),
    readPackFile(store, location, manifest, manifest.model.file),
  ]);
  if (!configJson.ok) return configJson;
  if (!graph.ok) return graph;
  const preprocessor = createImagePreprocessor(configJson.value);
  if (!preprocessor.ok) {
    return unusable(`The preprocessor of ${label} cannot be followed: ${preprocessor.failure.reason}.`);
  }
  const session = await engine.load(graph.value);
  if (!session.ok) return unusable(`The graph of ${label} cannot run: ${session.failure.reason}`);
  const misfit = findMisfit(session.value, heads, preprocessor.value);
  if (misfit !== null) {
    await session.value.release();
    return unusable(`The graph of ${label} does not fit an image classifier: ${misfit}`);
  }
  return ok(createImageModel(manifest, heads, preprocessor.value, session.value));
}

function headsOf(manifest: Manifest): readonly ImageHead[] | null {
  if (manifest.heads) return manifest.heads;
  return manifest.labels ? [{ output: LOGITS, labels: manifest.labels, temperature: 1 }] : null;
}

function createImageModel(
  manifest: Manifest,
  heads: readonly ImageHead[],
  preprocessor: ImagePreprocessor,
  session: InferenceSession,
): ImageModel {
  const { width, height } = preprocessor;
  const hasEmbedding = session.outputs.some((output) => output.name === EMBEDDING);
  const outputNames = heads.map((head) => head.output);
  const normalise = manifest.scores === 'sigmoid' ? sigmoid : softmax;
  return {
    manifest,
    heads,
    width,
    height,
    smallest: preprocessor.smallest,
    hasEmbedding,
    heapBytes: manifest.model.heapBytes,
    prepare: preprocessor.toPixelValues,
    async answer(pixelValues, embed) {
      const feeds: Record<string, Tensor> = {
        [INPUT]: { type: 'float32', shape: [1, 3, height, width], data: pixelValues },
      };
      const wantsEmbedding = embed && hasEmbedding;
      const outputs = await session.run(feeds, wantsEmbedding ? [...outputNames, EMBEDDING] : outputNames);
      return {
        heads: heads.map((head) => ({ head, scores: normalise(calibratedLogits(head, outputs[head.output])) })),
        embedding: wantsEmbedding ? unitVector(outputs[EMBEDDING]) : null,
      };
    },
    release: () => session.release(),
  };
}

/** Logits divided by the head's temperature (Guo et al., "On Calibration of Modern Neural Networks", 2017). */
function calibratedLogits(head: ImageHead, output: Tensor | undefined): ArrayLike<number> {
  const logits = output?.data as Float32Array;
  return head.temperature === 1 ? logits : Float64Array.from(logits, (logit) => logit / head.temperature);
}

/** Divided by its length, so that the dot product of two is their cosine; zeros stay zeros. */
function unitVector(output: Tensor | undefined): Float32Array {
  const values = output?.data as Float32Array;
  let sumOfSquares = 0;
  for (const value of values) sumOfSquares += value * value;
  const length = Math.sqrt(sumOfSquares) || 1;
  return values.map((value) => value / length);
}

/** Why the graph can't classify pictures, or null. */
function findMisfit(session: InferenceSession, heads: readonly ImageHead[], size: Size): string | null {
  const input = session.inputs.find((candidate) => candidate.name === INPUT);
  if (session.inputs.length !== 1 || input?.type !== 'float32') return `its only input must be float32 "${INPUT}".`;
  const wanted = [null, 3, size.height, size.width];
  const fits = input.shape.every(
    (side, axis) => typeof side !== 'number' || side <= 0 || side === (wanted[axis] ?? side),
  );
  if (input.shape.length !== wanted.length || !fits) {
    return `its input has the shape [${input.shape.join(', ')}], the preprocessor makes [batch, 3, ${size.height}, ${size.width}].`;
  }
  for (const head of heads) {
    const output = session.outputs.find((candidate) => candidate.name === head.output);
    if (output?.type !== 'float32') return `it has no float32 output "${head.output}".`;
    const width = output.shape.at(-1);
    if (typeof width === 'number' && width > 0 && width !== head.labels.length) {
      return `it gives ${width} logits for ${head.labels.length} labels in "${head.output}".`;
    }
  }
  return null;
}

function unusable(detail: string): Outcome<never> {
  return fail({ kind: 'model-unusable', detail });
}
