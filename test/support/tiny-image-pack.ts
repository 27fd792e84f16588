import { ManifestSchema } from '../../shared/model/manifest.ts';
import { type TinyHead, tinyImageGraph } from './tiny-onnx.ts';
import { fileEntries, type TinyPack, withManifest } from './tiny-pack.ts';
import { utf8 } from './utf8.ts';

/** A head of the tiny pack: logits are the mean red, green and blue (0 to 1) times `weights`, plus `bias`. */
export interface TinyImageHead extends TinyHead {
  readonly attribute: string;
  readonly labels: readonly string[];
  readonly otherBelow?: number;
  readonly temperature?: number;
}

export interface TinyImagePackOptions {
  readonly name: string;
  readonly version?: string;
  /** @default COLOUR_HEAD alone */
  readonly heads?: readonly TinyImageHead[];
  /** Writes `labels` instead of `heads`, as imported packs have them. */
  readonly isPlain?: boolean;
  readonly embedding?: boolean;
  readonly preprocessor?: Readonly<Record<string, unknown>>;
  readonly heapBytes?: number;
}

/** Red, green or blue, by the largest mean; a grey picture gives a third each and is `other`. */
export const COLOUR_HEAD: TinyImageHead = {
  attribute: 'colour',
  output: 'logits',
  labels: ['red', 'green', 'blue'],
  weights: [
    [4, 0, 0],
    [0, 4, 0],
    [0, 0, 4],
  ],
  bias: [0, 0, 0],
  otherBelow: 0.5,
};

/** Dark or bright, by the sum of the means; never `other`. */
export const LIGHT_HEAD: TinyImageHead = {
  attribute: 'light',
  output: 'logits_light',
  labels: ['dark', 'bright'],
  weights: [
    [0, 2],
    [0, 2],
    [0, 2],
  ],
  bias: [3, 0],
};

const GRAPH_PATH = 'onnx/model_quantized.onnx';
const PREPROCESSOR_PATH = 'preprocessor_config.json';
const SIDE = 4;

export const PREPROCESSOR = {
  do_resize: true,
  size: { height: SIDE, width: SIDE },
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: false,
};

/** A deterministic image classifier of a few hundred bytes: it sees nothing but the mean colour. */
export async function tinyImagePack(options: TinyImagePackOptions): Promise<TinyPack> {
  const { name, version = '1.0.0', heads = [COLOUR_HEAD] } = options;
  const content = new Map<string, Uint8Array<ArrayBuffer>>([
    ['README.md', utf8(`# ${name}\n\nA tiny model for tests.\n`)],
    [GRAPH_PATH, tinyImageGraph(heads, SIDE, options.embedding ?? false)],
    [PREPROCESSOR_PATH, utf8(JSON.stringify(options.preprocessor ?? PREPROCESSOR))],
  ]);
  const manifest = ManifestSchema.parse({
    schemaVersion: 1,
    name,
    version,
    task: 'image-classification',
    title: `Tiny ${name}`,
    files: await fileEntries(content),
    model: {
      file: GRAPH_PATH,
      precision: 'fp32',
      inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, SIDE, SIDE] }],
      outputs: heads.map((head) => ({ name: head.output, type: 'float32', shape: ['batch', head.labels.length] })),
      heapBytes: options.heapBytes ?? 2 ** 24,
    },
    image: { preprocessor: PREPROCESSOR_PATH },
    ...(options.isPlain ? { labels: heads[0]?.labels } : { heads: heads.map(({ weights, bias, ...head }) => head) }),
    metrics: [{ name: 'accuracy', value: 0.5, dataset: 'made-up', split: 'test' }],
  });
  return withManifest({ name, version, manifest, files: content }, {});
}
