/** Examples of what people call by each name, as sRGB; a colour gets the name of the nearest one. */
const EXAMPLES = {
  black: ['000000', '1c1c1c'],
  grey: ['404040', '707070', 'a0a0a0', 'c4c4c4'],
  white: ['ffffff', 'eeeeee'],
  red: ['ff0000', 'c81020', '8b0000', '5a0f20'],
  orange: ['ff8000', 'f06a20', 'ffb060'],
  yellow: ['ffff00', 'f0d000', 'fff080'],
  green: ['00a000', '00ff00', '006400', '123a1c', '80c040', '90e090', '5a6b2a'],
  turquoise: ['00c8c8', '40e0d0', '008080', '80f0f0'],
  blue: ['0000ff', '2060d0', '60a0f0', 'a8d0f0', '4a6a9a'],
  navy: ['000050', '141e46', '1e2a50'],
  purple: ['800080', '9b30e0', '4b0082', 'c8a0e8'],
  pink: ['ff80c0', 'ffc0cb', 'ff1493', 'e0709a'],
  brown: ['5a3a1c', '8b4513', '9a6a40', '3c2414'],
  beige: ['f5f0dc', 'd8c8a8', 'e8d8c4', 'c0a888'],
} as const;

export type ColourName = keyof typeof EXAMPLES;

export const COLOUR_NAMES = Object.keys(EXAMPLES) as readonly ColourName[];

/** Coordinates of Oklab: lightness from 0 to 1, green to red, blue to yellow. */
type Oklab = readonly [lightness: number, a: number, b: number];

/** Lightness counts half: dark red and light red are both red. */
const LIGHTNESS_WEIGHT = 0.5;

const NAMED: readonly (readonly [ColourName, Oklab])[] = Object.entries(EXAMPLES).flatMap(([name, hexes]) =>
  hexes.map((hex) => {
    const value = Number.parseInt(hex, 16);
    return [name as ColourName, toOklab(value >> 16, (value >> 8) & 255, value & 255)] as const;
  }),
);

/** What people would call this colour (each channel 0 to 255), in English. */
export function nameColour(red: number, green: number, blue: number): ColourName {
  const [lightness, a, b] = toOklab(red, green, blue);
  let nearest: ColourName = 'grey';
  let least = Number.POSITIVE_INFINITY;
  for (const [name, [otherLightness, otherA, otherB]] of NAMED) {
    const step = LIGHTNESS_WEIGHT * (lightness - otherLightness);
    const distance = step * step + (a - otherA) ** 2 + (b - otherB) ** 2;
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** Björn Ottosson, "A perceptual color space for image processing", 2020: https://bottosson.github.io/posts/oklab/ */
function toOklab(red: number, green: number, blue: number): Oklab {
  const r = toLinear(red);
  const g = toLinear(green);
  const b = toLinear(blue);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Light of an sRGB channel (IEC 61966-2-1), 0 to 1. */
function toLinear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
