import { dominantColours } from '../../shared/core/dominant-colours.ts';
import { brightness, sharpness } from '../../shared/core/image-measures.ts';
import { lumaOf } from '../../shared/core/luma.ts';
import { HASH_SIZE, perceptualHash } from '../../shared/core/perceptual-hash.ts';
import type { ReadImage } from '../../shared/image/read-image.ts';
import { BILINEAR, resize } from '../../shared/image/resample.ts';
import type { Size } from '../../shared/model/preprocessor-config.ts';
import type { ImageDescription } from './contract.ts';

/** Pixels of the measured picture for each pixel of the hashed one, in both directions. */
const HASH_BLOCK = 3;

/** Side in pixels of the square that pictures are brought to before they are measured, so that measures can be compared. */
const MEASURED_SIZE = HASH_SIZE * HASH_BLOCK;

/** How small a picture may be decoded for a model that needs `smallest` and for its measures. */
export function smallestDecoded(smallest: Size): Size {
  return { width: Math.max(smallest.width, MEASURED_SIZE), height: Math.max(smallest.height, MEASURED_SIZE) };
}

/** What a picture is like, whatever a model says of it. */
export function describeImage(image: ReadImage): ImageDescription {
  const measured = resize(image.rgb, MEASURED_SIZE, MEASURED_SIZE, BILINEAR);
  const luma = lumaOf(measured.pixels);
  return {
    width: image.width,
    height: image.height,
    format: image.format,
    orientationApplied: image.orientation,
    dominantColours: dominantColours(measured.pixels).map((colour) => ({ ...colour, share: rounded(colour.share, 4) })),
    brightness: rounded(brightness(luma), 4),
    sharpness: rounded(sharpness(luma, MEASURED_SIZE), 1),
    perceptualHash: perceptualHash(meansOfBlocks(luma)),
  };
}

/** The mean of each 3 × 3 block of the measured picture: 32 × 32. */
function meansOfBlocks(luma: Uint8Array): Uint8Array {
  const means = new Uint8Array(HASH_SIZE * HASH_SIZE);
  for (let y = 0, to = 0; y < HASH_SIZE; y++) {
    for (let x = 0; x < HASH_SIZE; x++, to++) {
      let sum = 0;
      for (let row = 0; row < HASH_BLOCK; row++) {
        const from = (y * HASH_BLOCK + row) * MEASURED_SIZE + x * HASH_BLOCK;
        for (let column = 0; column < HASH_BLOCK; column++) sum += luma[from + column] as number;
      }
      means[to] = Math.round(sum / HASH_BLOCK ** 2);
    }
  }
  return means;
}

function rounded(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
}
