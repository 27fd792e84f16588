import type { RgbImage } from './rgb-image.ts';

/** Pillow's numbers for the filters (`PIL.Image.Resampling`), as in `preprocessor_config.json`. */
export type Filter = 1 | 2 | 3;
export const LANCZOS: Filter = 1;
export const BILINEAR: Filter = 2;
export const BICUBIC: Filter = 3;

/** Weights are integers of so many fractional bits: 8 bits of pixel and 2 of overshoot fill a 32-bit sum. */
const PRECISION_BITS = 32 - 8 - 2;
const ONE = 2 ** PRECISION_BITS;
const HALF = 2 ** (PRECISION_BITS - 1);

/** For each output pixel: where its input pixels begin, how many they are, and `stride` places of weights. */
interface Weights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly stride: number;
  readonly values: Int32Array;
}

const SUPPORT: Readonly<Record<Filter, number>> = { 1: 3, 2: 1, 3: 2 };

/**
 * Antialiased resize as Pillow's `Image.resize` does it for 8-bit images, to the bit: the filter is stretched by the
 * reduction, weights are rounded to fixed point, one direction is rounded to 8 bits before the other. The aspect ratio is not
 * kept. The result has pixels of its own, also where the size stays: those of the image may lie in a decoder's memory.
 * https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 */
export function resize(image: RgbImage, width: number, height: number, filter: Filter): RgbImage {
  if (image.width === width && image.height === height) return { width, height, pixels: image.pixels.slice() };
  return isRowsFirst(image, width, height)
    ? toWidth(toHeight(image, height, filter), width, filter)
    : toHeight(toWidth(image, width, filter), height, filter);
}

/** Since Pillow 13, rows go first where more than twice as many of them vanish as columns; before, columns always did. */
function isRowsFirst(image: RgbImage, width: number, height: number): boolean {
  const lostRows = image.height - height;
  return lostRows > 0 && lostRows > 2 * (image.width - width);
}

function toWidth(image: RgbImage, width: number, filter: Filter): RgbImage {
  return image.width === width ? image : resizeColumns(image, width, filter);
}

function toHeight(image: RgbImage, height: number, filter: Filter): RgbImage {
  return image.height === height ? image : resizeRows(image, height, filter);
}

function resizeColumns(image: RgbImage, width: number, filter: Filter): RgbImage {
  const { starts, counts, stride, values } = weightsFor(image.width, width, filter);
  const pixels = new Uint8Array(3 * width * image.height);
  const source = image.pixels;
  let to = 0;
  for (let y = 0; y < image.height; y++) {
    const row = 3 * image.width * y;
    for (let x = 0; x < width; x++, to += 3) {
      let from = row + 3 * (starts[x] as number);
      const first = x * stride;
      const end = first + (counts[x] as number);
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let i = first; i < end; i++, from += 3) {
        const weight = values[i] as number;
        red = (red + Math.imul(source[from] as number, weight)) | 0;
        green = (green + Math.imul(source[from + 1] as number, weight)) | 0;
        blue = (blue + Math.imul(source[from + 2] as number, weight)) | 0;
      }
      pixels[to] = toByte(red);
      pixels[to + 1] = toByte(green);
      pixels[to + 2] = toByte(blue);
    }
  }
  return { width, height: image.height, pixels };
}

function resizeRows(image: RgbImage, height: number, filter: Filter): RgbImage {
  const { starts, counts, stride, values } = weightsFor(image.height, height, filter);
  const rowBytes = 3 * image.width;
  const pixels = new Uint8Array(rowBytes * height);
  const source = image.pixels;
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    const count = counts[y] as number;
    for (let i = 0; i < count; i++) {
      const weight = values[y * stride + i] as number;
      const row = rowBytes * ((starts[y] as number) + i);
      for (let b = 0; b < rowBytes; b++) {
        sums[b] = ((sums[b] as number) + Math.imul(source[row + b] as number, weight)) | 0;
      }
    }
    const to = rowBytes * y;
    for (let b = 0; b < rowBytes; b++) pixels[to + b] = toByte(sums[b] as number);
  }
  return { width: image.width, height, pixels };
}

/** The sum without its fraction, held to 0 … 255. */
function toByte(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return Math.max(0, Math.min(255, value));
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`. */
function weightsFor(inSize: number, outSize: number, filter: Filter): Weights {
  const scale = inSize / outSize;
  const stretch = Math.max(1, scale);
  const support = SUPPORT[filter] * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  const values = new Int32Array(outSize * stride);
  const exact = new Float64Array(stride);
  for (let out = 0; out < outSize; out++) {
    const centre = (out + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(inSize, Math.trunc(centre + support + 0.5)) - start;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const weight = weigh(filter, (i + start - centre + 0.5) / stretch);
      exact[i] = weight;
      total += weight;
    }
    for (let i = 0; i < count; i++) {
      const share = (exact[i] as number) / total;
      values[out * stride + i] = Math.trunc(share * ONE + (share < 0 ? -0.5 : 0.5));
    }
    starts[out] = start;
    counts[out] = count;
  }
  return { starts, counts, stride, values };
}

function weigh(filter: Filter, x: number): number {
  switch (filter) {
    case 1:
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    case 2:
      return Math.max(0, 1 - Math.abs(x));
    case 3:
      return cubic(Math.abs(x));
  }
}

/** Keys' cubic convolution with a = −0.5 (Keys 1981). */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}
