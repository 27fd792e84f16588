import { type ColourName, nameColour } from './colour-names.ts';

/** One of the colours that a picture consists of. */
export interface DominantColour {
  readonly name: ColourName;
  /** Mean of the pixels of this name, `#rrggbb`. */
  readonly hex: string;
  /** Part of the picture's pixels, 0 to 1. */
  readonly share: number;
}

interface Group {
  red: number;
  green: number;
  blue: number;
  count: number;
}

/** Colours are looked up in cells of 8 steps a channel; each is named once in the life of the process. */
const CELL_BITS = 5;
const CELL_MIDDLE = 4;
const namesOfCells = new Map<number, ColourName>();

/** The picture's pixels (3 bytes each) by the name of their colour, the most frequent first; names below `leastShare` are left out. */
export function dominantColours(rgb: Uint8Array, most = 5, leastShare = 0.03): DominantColour[] {
  const groups = new Map<ColourName, Group>();
  for (let at = 0; at < rgb.length; at += 3) {
    const red = rgb[at] as number;
    const green = rgb[at + 1] as number;
    const blue = rgb[at + 2] as number;
    const name = nameOfCell(red, green, blue);
    const group = groups.get(name);
    if (group) {
      group.red += red;
      group.green += green;
      group.blue += blue;
      group.count++;
    } else {
      groups.set(name, { red, green, blue, count: 1 });
    }
  }
  const pixels = rgb.length / 3;
  return [...groups]
    .map(([name, group]) => ({ name, hex: meanHex(group), share: group.count / pixels }))
    .filter((colour) => colour.share >= leastShare)
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
    .slice(0, most);
}

function nameOfCell(red: number, green: number, blue: number): ColourName {
  const shift = 8 - CELL_BITS;
  const cell = ((red >> shift) << (2 * CELL_BITS)) | ((green >> shift) << CELL_BITS) | (blue >> shift);
  let name = namesOfCells.get(cell);
  if (name === undefined) {
    name = nameColour(middleOf(red), middleOf(green), middleOf(blue));
    namesOfCells.set(cell, name);
  }
  return name;
}

function middleOf(channel: number): number {
  return (channel & ~(2 ** (8 - CELL_BITS) - 1)) + CELL_MIDDLE;
}

function meanHex({ red, green, blue, count }: Group): string {
  const digits = [red, green, blue].map((sum) =>
    Math.round(sum / count)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}
