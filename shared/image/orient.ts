import type { Orientation } from './image-header.ts';
import type { RgbImage } from './rgb-image.ts';

/** Whether width and height change places: orientations 5 to 8 lie on their side. */
export function isSideways(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** The upright picture (EXIF 2.32, 4.6.4 A): mirrored and turned as the orientation says. The image itself for 1. */
export function orient(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === 1) return image;
  const { width, height, pixels } = image;
  const sideways = isSideways(orientation);
  const outWidth = sideways ? height : width;
  const outHeight = sideways ? width : height;
  const out = new Uint8Array(pixels.length);
  // Stored columns run backwards in 2, 3, 7 and 8, stored rows in 3, 4, 6 and 7.
  const flipsColumns = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const flipsRows = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  let to = 0;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++, to += 3) {
      const column = sideways ? y : x;
      const row = sideways ? x : y;
      const storedColumn = flipsColumns ? width - 1 - column : column;
      const storedRow = flipsRows ? height - 1 - row : row;
      const from = 3 * (storedRow * width + storedColumn);
      out[to] = pixels[from] as number;
      out[to + 1] = pixels[from + 1] as number;
      out[to + 2] = pixels[from + 2] as number;
    }
  }
  return { width: outWidth, height: outHeight, pixels: out };
}
