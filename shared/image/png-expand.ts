import { GREY, GREY_ALPHA, PALETTE, type PngLayout, RGB } from './png-layout.ts';
import { channelOverWhite } from './rgb-image.ts';

/** Where the pixels of a row go: the first byte and the bytes from one to the next. */
export interface RowTarget {
  readonly pixels: Uint8Array;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

export type ExpandRow = (row: Uint8Array, target: RowTarget) => void;

/**
 * A function that turns rows of this layout into 8-bit RGB over white. Of 16-bit samples the high byte is taken, as libpng
 * strips them.
 */
export function createExpander(layout: PngLayout): ExpandRow {
  const { bitDepth, colourType } = layout;
  if (colourType === PALETTE) return expandWithTable(bitDepth, paletteTable(layout));
  if (colourType === GREY && bitDepth <= 8) return expandWithTable(bitDepth, greyTable(layout));
  const bytesPerSample = bitDepth / 8;
  const isGrey = colourType === GREY || colourType === GREY_ALPHA;
  const colours = isGrey ? 1 : 3;
  const hasAlpha = colourType !== GREY && colourType !== RGB;
  const invisible = hasAlpha ? null : transparentSamples(layout, colours);
  return (row, { pixels, start, step, count }) => {
    const pixelBytes = (colours + (hasAlpha ? 1 : 0)) * bytesPerSample;
    for (let i = 0, from = 0, to = start; i < count; i++, from += pixelBytes, to += step) {
      let alpha = 255;
      if (hasAlpha) alpha = row[from + colours * bytesPerSample] as number;
      else if (invisible !== null && sameBytes(row, from, invisible)) alpha = 0;
      for (let c = 0; c < 3; c++) {
        const value = row[from + (isGrey ? 0 : c * bytesPerSample)] as number;
        pixels[to + c] = alpha === 255 ? value : channelOverWhite(value, alpha);
      }
    }
  };
}

/** Rows of at most 8 bits a pixel: each value is looked up as RGB. */
function expandWithTable(bitDepth: number, table: Uint8Array): ExpandRow {
  const perByte = 8 / bitDepth;
  const mask = 2 ** bitDepth - 1;
  return (row, { pixels, start, step, count }) => {
    for (let i = 0, to = start; i < count; i++, to += step) {
      // Leftmost pixels are in the high bits.
      const shift = 8 - bitDepth * ((i % perByte) + 1);
      const entry = 3 * (((row[Math.floor(i / perByte)] as number) >> shift) & mask);
      pixels[to] = table[entry] as number;
      pixels[to + 1] = table[entry + 1] as number;
      pixels[to + 2] = table[entry + 2] as number;
    }
  };
}

/** RGB over white of every index; indices past the palette's end are black, as libpng leaves them. */
function paletteTable({ palette, transparency }: PngLayout): Uint8Array {
  return Uint8Array.from({ length: 3 * 256 }, (_, at) =>
    channelOverWhite(palette[at] ?? 0, transparency?.[Math.floor(at / 3)] ?? 255),
  );
}

function greyTable({ bitDepth, transparency }: PngLayout): Uint8Array {
  const largest = 2 ** bitDepth - 1;
  const invisible = transparency === null ? -1 : uint16(transparency, 0);
  return Uint8Array.from({ length: 3 * (largest + 1) }, (_, at) => {
    const value = Math.floor(at / 3);
    return value === invisible ? 255 : (value * 255) / largest;
  });
}

/** The bytes of a pixel that counts as transparent. */
function transparentSamples({ transparency, bitDepth }: PngLayout, colours: number): Uint8Array | null {
  if (transparency === null || transparency.length < 2 * colours) return null;
  return bitDepth === 16
    ? transparency.slice(0, 2 * colours)
    : Uint8Array.from({ length: colours }, (_, c) => uint16(transparency, 2 * c));
}

function sameBytes(row: Uint8Array, from: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (row[from + i] !== bytes[i]) return false;
  return true;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
