import { dominantColours } from '../../shared/core/dominant-colours.ts';
import { brightness, sharpness } from '../../shared/core/image-measures.ts';
import { lumaOf } from '../../shared/core/luma.ts';
import { HASH_SIZE, perceptualHash } from '../../shared/core/perceptual-hash.ts';
import type { ReadImage } from '../../shared/image/read-image.ts';
import { BILINEAR, resize } from '../../shared/image/resample.ts';
import type { ImageDescription } from './contract.ts';

/** Side in pixels of the square that pictures are brought to before they are measured, so that measures can be compared. */
export const MEASURED_SIZE = 96;

/** What a picture is like, whatever a model says of it. */
export function describeImage(image: ReadImage): ImageDescription {
  const measured = resize(image.rgb, MEASURED_SIZE, MEASURED_SIZE, BILINEAR);
  const luma = lumaOf(measured.pixels);
  const hashed = resize(measured, HASH_SIZE, HASH_SIZE, BILINEAR);
  return {
    width: image.width,
    height: image.height,
    format: image.format,
    orientationApplied: image.orientation,
    dominantColours: dominantColours(measured.pixels).map((colour) => ({ ...colour, share: rounded(colour.share, 4) })),
    brightness: rounded(brightness(luma), 4),
    sharpness: rounded(sharpness(luma, MEASURED_SIZE), 1),
    perceptualHash: perceptualHash(lumaOf(hashed.pixels)),
  };
}

function rounded(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
}
