import type { Failure, Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { DecodeScale } from '../ports/image-decoder.ts';
import { FORMAT_NAMES } from './image-format.ts';
import type { ImageHeader } from './image-header.ts';
import { isSideways } from './orient.ts';

/** Pixels that an image may have: bounds the time that decoding takes at any scale. */
export const MAX_PIXELS = 64_000_000;
/** Pixels that a side may have, JPEG's own limit: the weights of a resize are as many as the side is long. */
export const MAX_SIDE_PIXELS = 65_535;
/** Memory that decoding one image may take, by estimate, of the 128 MB that an isolate has. */
export const MAX_DECODE_BYTES = 56 * 1024 * 1024;

/**
 * Bytes a pixel that decoding takes at the peak beside the compressed image, RGB included. JPEG and PNG (row by row) have no
 * more than that; libwebp's heap took 4.2 (lossy) to 8.2 (lossless) on pictures of 4 megapixels, its result is copied as
 * RGBA; a GIF has RGBA and indices.
 */
const PEAK_BYTES_PER_PIXEL = { jpeg: 3, png: 3, webp: 11.3, gif: 8 } as const;
const PEAK_BYTES_PER_LOSSLESS_WEBP_PIXEL = 15.3;
/** A JPEG of four components: CMYK in the decoder's memory, RGB outside. */
const PEAK_BYTES_PER_CMYK_PIXEL = 7;
const BYTES_PER_COEFFICIENT = 2;

const SCALES: readonly DecodeScale[] = [8, 4, 2, 1];

/**
 * The largest reduction at which both sides stay at least as long as `width` and `height` (of the upright picture): what Pillow's
 * `draft` chooses. Only JPEG can be decoded smaller.
 */
export function chooseScale(header: ImageHeader, width: number, height: number): DecodeScale {
  if (header.format !== 'jpeg') return 1;
  const [storedWidth, storedHeight] = isSideways(header.orientation) ? [height, width] : [width, height];
  const spare = Math.min(Math.floor(header.width / storedWidth), Math.floor(header.height / storedHeight));
  return SCALES.find((scale) => scale <= spare) ?? 1;
}

/** Memory that decoding takes at its peak, in bytes. */
export function estimateDecodeBytes(header: ImageHeader, scale: DecodeScale, compressedBytes: number): number {
  const pixels = Math.ceil(header.width / scale) * Math.ceil(header.height / scale);
  const coefficients = header.width * header.height * header.coefficientsPerPixel * BYTES_PER_COEFFICIENT;
  const turned = header.orientation === 1 ? 0 : 3 * pixels;
  return Math.ceil(compressedBytes + pixels * peakBytesPerPixel(header) + turned + coefficients);
}

function peakBytesPerPixel({ format, isCmyk, isLossless }: ImageHeader): number {
  if (isCmyk) return PEAK_BYTES_PER_CMYK_PIXEL;
  return format === 'webp' && isLossless ? PEAK_BYTES_PER_LOSSLESS_WEBP_PIXEL : PEAK_BYTES_PER_PIXEL[format];
}

/** The scale to decode at, or why this image is not decoded: the limit is stated. */
export function planDecode(
  header: ImageHeader,
  compressedBytes: number,
  smallest: { readonly width: number; readonly height: number },
): Outcome<DecodeScale> {
  const pixels = header.width * header.height;
  const size = `${header.width} × ${header.height} pixels`;
  if (pixels > MAX_PIXELS) {
    const detail = `The image has ${size}; the limit is ${MAX_PIXELS} pixels.`;
    return fail({ kind: 'too-large', detail, limitPixels: MAX_PIXELS });
  }
  if (Math.max(header.width, header.height) > MAX_SIDE_PIXELS) {
    const detail = `The image has ${size}; the limit of a side is ${MAX_SIDE_PIXELS} pixels.`;
    return fail({ kind: 'too-large', detail, limitPixels: MAX_SIDE_PIXELS });
  }
  let scale = chooseScale(header, smallest.width, smallest.height);
  if (header.format === 'jpeg') scale = shrinkToFit(header, scale, compressedBytes);
  const needed = estimateDecodeBytes(header, scale, compressedBytes);
  return needed > MAX_DECODE_BYTES ? fail(tooMuchMemory(header, size, needed)) : ok(scale);
}

/** A very long or very wide picture keeps one side short at every scale: better smaller than refused. */
function shrinkToFit(header: ImageHeader, wanted: DecodeScale, compressedBytes: number): DecodeScale {
  const fits = [1, 2, 4, 8] as const;
  return (
    fits.find((scale) => scale >= wanted && estimateDecodeBytes(header, scale, compressedBytes) <= MAX_DECODE_BYTES) ??
    wanted
  );
}

function tooMuchMemory(header: ImageHeader, size: string, needed: number): Failure {
  const kind = header.coefficientsPerPixel > 0 ? 'progressive JPEG' : FORMAT_NAMES[header.format];
  const detail = `Decoding this ${kind} of ${size} takes about ${needed} bytes of memory; the limit is ${MAX_DECODE_BYTES}.`;
  return { kind: 'too-large', detail, limitBytes: MAX_DECODE_BYTES };
}
