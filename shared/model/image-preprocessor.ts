import { z } from 'zod';
import { fail, ok, type Result } from '../core/result.ts';
import { type Filter, resize } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';

const CHANNELS = 3;
const TripleSchema = z.tuple([z.number(), z.number(), z.number()]);
const SideSchema = z.int().min(1).max(1024);

/**
 * The fields of Hugging Face's `preprocessor_config.json` that image classifiers are fed by; others are ignored, as there. Pictures are
 * squashed to `size`, whatever their aspect ratio.
 * https://huggingface.co/docs/transformers/main_classes/image_processor
 */
const PreprocessorConfigSchema = z.object({
  do_resize: z.literal(true).default(true),
  size: z.object({ height: SideSchema, width: SideSchema }),
  /** Pillow's number of the filter. */
  resample: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
  do_center_crop: z.literal(false).default(false),
  do_rescale: z.boolean().default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: TripleSchema.default([0, 0, 0]),
  image_std: TripleSchema.refine((std) => std.every((value) => value > 0), 'must be over 0').default([1, 1, 1]),
});

type PreprocessorConfig = z.infer<typeof PreprocessorConfigSchema>;

/** Makes a network's input of a picture. */
export interface ImagePreprocessor {
  readonly width: number;
  readonly height: number;
  /** `pixel_values` of one picture: 3 × height × width, channels first. */
  toPixelValues(image: RgbImage): Float32Array;
}

/** Reads `preprocessor_config.json`; what it asks for and is not done here is told in words. */
export function createImagePreprocessor(
  configJson: Uint8Array,
): Result<ImagePreprocessor, { readonly reason: string }> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(configJson));
  } catch {
    return fail({ reason: 'it is not JSON' });
  }
  const config = PreprocessorConfigSchema.safeParse(json);
  if (!config.success) {
    const issue = config.error.issues[0];
    return fail({ reason: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const { size, resample } = config.data;
  const tables = channelTables(config.data);
  return ok({
    width: size.width,
    height: size.height,
    toPixelValues: (image) => toPlanes(resize(image, size.width, size.height, resample as Filter), tables),
  });
}

/** (byte × rescale_factor − mean) ÷ std for every byte, by channel. */
function channelTables(config: PreprocessorConfig): Float32Array[] {
  const factor = config.do_rescale ? config.rescale_factor : 1;
  return Array.from({ length: CHANNELS }, (_, channel) => {
    const mean = config.do_normalize ? (config.image_mean[channel] as number) : 0;
    const std = config.do_normalize ? (config.image_std[channel] as number) : 1;
    return Float32Array.from({ length: 256 }, (_byte, byte) => (byte * factor - mean) / std);
  });
}

function toPlanes({ width, height, pixels }: RgbImage, tables: readonly Float32Array[]): Float32Array {
  const area = width * height;
  const values = new Float32Array(CHANNELS * area);
  for (let channel = 0; channel < CHANNELS; channel++) {
    const table = tables[channel] as Float32Array;
    for (let i = 0, from = channel; i < area; i++, from += CHANNELS) {
      values[channel * area + i] = table[pixels[from] as number] as number;
    }
  }
  return values;
}
