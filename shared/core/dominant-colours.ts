import { COLOUR_NAMES, type ColourName, nameColour } from './colour-names.ts';

/** One of the colours that a picture consists of. */
export interface DominantColour {
  readonly name: ColourName;
  /** Mean of the pixels of this name, `#rrggbb`. */
  readonly hex: string;
  /** Part of the picture's pixels, 0 to 1. */
  readonly share: number;
}

/** Colours are looked up in cells of 8 steps a channel; each is named once in the life of the process. */
const CELL_BITS = 5;
const CELL_MIDDLE = 4;
/** Place in `COLOUR_NAMES` of each cell's name, plus 1; 0 where it was not needed yet. */
const placesOfCells = new Uint8Array(2 ** (3 * CELL_BITS));

/** Sums over the pixels of each name, red, green, blue and their count. */
const FIELDS = 4;

/**
 * The picture's pixels (3 bytes each) by the name of their colour, the most frequent first; names below `leastShare` are left
 * out.
 */
export function dominantColours(rgb: Uint8Array, most = 5, leastShare = 0.03): DominantColour[] {
  const sums = sumByName(rgb);
  const pixels = rgb.length / 3;
  return COLOUR_NAMES.map((name, place) => toColour(name, sums.subarray(place * FIELDS, (place + 1) * FIELDS), pixels))
    .filter((colour) => colour.share > 0 && colour.share >= leastShare)
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
    .slice(0, most);
}

function sumByName(rgb: Uint8Array): Float64Array {
  const sums = new Float64Array(COLOUR_NAMES.length * FIELDS);
  for (let at = 0; at < rgb.length; at += 3) {
    const red = rgb[at] as number;
    const green = rgb[at + 1] as number;
    const blue = rgb[at + 2] as number;
    const first = placeOf(red, green, blue) * FIELDS;
    sums[first] = (sums[first] as number) + red;
    sums[first + 1] = (sums[first + 1] as number) + green;
    sums[first + 2] = (sums[first + 2] as number) + blue;
    sums[first + 3] = (sums[first + 3] as number) + 1;
  }
  return sums;
}

/** Place in `COLOUR_NAMES` of what the middle of the colour's cell is called. */
function placeOf(red: number, green: number, blue: number): number {
  const shift = 8 - CELL_BITS;
  const cell = ((red >> shift) << (2 * CELL_BITS)) | ((green >> shift) << CELL_BITS) | (blue >> shift);
  const known = placesOfCells[cell] as number;
  if (known > 0) return known - 1;
  const place = COLOUR_NAMES.indexOf(nameColour(middleOf(red), middleOf(green), middleOf(blue)));
  placesOfCells[cell] = place + 1;
  return place;
}

function middleOf(channel: number): number {
  return (channel & ~(2 ** (8 - CELL_BITS) - 1)) + CELL_MIDDLE;
}

function toColour(name: ColourName, sums: Float64Array, pixels: number): DominantColour {
  const count = sums[FIELDS - 1] as number;
  const digits = Array.from(sums.subarray(0, 3), (sum) =>
    Math.round(sum / Math.max(1, count))
      .toString(16)
      .padStart(2, '0'),
  );
  return { name, hex: `#${digits.join('')}`, share: count / pixels };
}
