import { fail, ok, type Result } from '../core/result.ts';
import { type Filter, resize } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type PreprocessorConfig, PreprocessorConfigSchema, type Size } from './preprocessor-config.ts';

const CHANNELS = 3;
/** A longer picture is squashed to this: of what is beyond, the crop would show nothing, and it would not fit into memory. */
const MAX_ASPECT_RATIO = 16;

/** Makes a network's input of a picture. */
export interface ImagePreprocessor {
  /** Of the network's input, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What pictures are resized to at least: nothing is gained by decoding them larger than the next reduced scale above. */
  readonly smallest: Size;
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
  const parsed = PreprocessorConfigSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail({ reason: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const config = parsed.data;
  const smallest = 'width' in config.size ? config.size : square(config.size.shortest_edge);
  const input = config.do_center_crop ? config.crop_size : 'width' in config.size ? config.size : undefined;
  if (!input) return fail({ reason: 'size.shortest_edge needs do_center_crop and crop_size' });
  if (input.width > smallest.width || input.height > smallest.height) {
    return fail({ reason: 'crop_size is larger than size, and pictures are not padded here' });
  }
  const tables = channelTables(config);
  return ok({
    ...input,
    smallest,
    toPixelValues(image) {
      const { width, height } = sizeOf(image, config.size);
      return toPlanes(resize(image, width, height, config.resample satisfies Filter), input, tables);
    },
  });
}

function square(side: number): Size {
  return { width: side, height: side };
}

/** The size itself, or the one whose shorter side has that length and whose longer side is rounded down. */
function sizeOf(image: RgbImage, size: PreprocessorConfig['size']): Size {
  if ('width' in size) return size;
  const edge = size.shortest_edge;
  const { width, height } = image;
  const rounded = Math.floor((edge * Math.max(width, height)) / Math.min(width, height));
  const longer = Math.min(MAX_ASPECT_RATIO * edge, rounded);
  return width <= height ? { width: edge, height: longer } : { width: longer, height: edge };
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

/** The middle of the picture in this size, a plane a channel; a margin that is not even is smaller at the top and the left. */
function toPlanes(image: RgbImage, size: Size, tables: readonly Float32Array[]): Float32Array {
  const left = (image.width - size.width) >> 1;
  const top = (image.height - size.height) >> 1;
  const values = new Float32Array(CHANNELS * size.width * size.height);
  let to = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    const table = tables[channel] as Float32Array;
    for (let y = 0; y < size.height; y++) {
      let from = CHANNELS * ((top + y) * image.width + left) + channel;
      for (let x = 0; x < size.width; x++, from += CHANNELS) {
        values[to++] = table[image.pixels[from] as number] as number;
      }
    }
  }
  return values;
}
