import type { DecodedImage } from '../ports/image-decoder.ts';

/** 8-bit RGB, 3 bytes a pixel, rows from the top without padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The decoder's samples as RGB, copied where they are not: transparent pixels over white, CMYK as Pillow turns it into RGB. */
export function toRgb(image: DecodedImage): RgbImage {
  const { width, height, samples } = image;
  const size = 3 * width * height;
  switch (image.layout) {
    case 'rgb':
      return { width, height, pixels: samples };
    case 'rgba':
      return { width, height, pixels: overWhite(samples, new Uint8Array(size)) };
    case 'cmyk-inverted':
      return { width, height, pixels: fromCmyk(samples, new Uint8Array(size)) };
  }
}

/** One channel over white: round(value × alpha + 255 × (1 − alpha)), alpha from 0 to 255. */
export function channelOverWhite(value: number, alpha: number): number {
  return divideBy255(value * alpha + 255 * (255 - alpha));
}

function overWhite(rgba: Uint8Array, rgb: Uint8Array): Uint8Array {
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number;
    rgb[to] = channelOverWhite(rgba[from] as number, alpha);
    rgb[to + 1] = channelOverWhite(rgba[from + 1] as number, alpha);
    rgb[to + 2] = channelOverWhite(rgba[from + 2] as number, alpha);
  }
  return rgb;
}

/** White less black less ink: (255 − K) − C × (255 − K) ÷ 255, without a colour profile (Pillow, `cmyk2rgb`). */
function fromCmyk(inverted: Uint8Array, rgb: Uint8Array): Uint8Array {
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const light = inverted[from + 3] as number;
    for (let c = 0; c < 3; c++) {
      const ink = 255 - (inverted[from + c] as number);
      rgb[to + c] = Math.max(0, light - divideBy255(ink * light));
    }
  }
  return rgb;
}

/** Rounded quotient by 255 for 0 to 65,025 in integers (Blinn, "Three Wrongs Make a Right", 1995). */
function divideBy255(product: number): number {
  const biased = product + 128;
  return (biased + (biased >> 8)) >> 8;
}
