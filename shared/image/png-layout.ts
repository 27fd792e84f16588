import { fail, ok, type Result } from '../core/result.ts';
import { HEADER_DATA, pngChunks } from './png-chunks.ts';

/** How the samples of a PNG lie (W3C PNG, 11.2.1 to 11.3.1). */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: ColourType;
  readonly isInterlaced: boolean;
  /** PLTE: RGB triples. */
  readonly palette: Uint8Array;
  /** tRNS as stored: alphas of a palette, or the one transparent grey or colour in 16-bit samples. */
  readonly transparency: Uint8Array | null;
  /** Content of the IDAT chunks in order: one zlib stream. */
  readonly compressed: readonly Uint8Array<ArrayBuffer>[];
}

export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;
export const RGB_ALPHA = 6;
export type ColourType = 0 | 2 | 3 | 4 | 6;

/** Samples a pixel has, and how deep they may be (table 11.1). */
const TYPES: Readonly<Record<ColourType, { readonly channels: number; readonly depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

export function bitsPerPixel(layout: PngLayout): number {
  return TYPES[layout.colourType].channels * layout.bitDepth;
}

/** Reads the chunks of a PNG whose structure was walked already (`readPngHeader`). */
export function readPngLayout(bytes: Uint8Array): Result<PngLayout, { readonly reason: string }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bitDepth = view.getUint8(HEADER_DATA + 8);
  const colourType = view.getUint8(HEADER_DATA + 9);
  if (!isColourType(colourType) || !TYPES[colourType].depths.includes(bitDepth)) {
    return fail({ reason: `colour type ${colourType} with ${bitDepth} bits is none that there is` });
  }
  let palette: Uint8Array = new Uint8Array();
  let transparency: Uint8Array | null = null;
  const compressed: Uint8Array<ArrayBuffer>[] = [];
  for (const { type, data } of pngChunks(bytes)) {
    if (type === 'PLTE') palette = data;
    else if (type === 'tRNS') transparency = data;
    else if (type === 'IDAT') compressed.push(data);
  }
  if (colourType === PALETTE && palette.length < 3) return fail({ reason: 'its palette is missing' });
  return ok({
    width: view.getUint32(HEADER_DATA),
    height: view.getUint32(HEADER_DATA + 4),
    bitDepth,
    colourType,
    isInterlaced: view.getUint8(HEADER_DATA + 12) === 1,
    palette,
    transparency,
    compressed,
  });
}

function isColourType(value: number): value is ColourType {
  return value in TYPES;
}
