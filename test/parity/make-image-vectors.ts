/**
 * Writes `image-vectors/resize.json`: what Pillow's `resize` makes of a pattern of our own, so that parity is tested where
 * there is no Pillow. Run after the cases below have changed: `node test/parity/make-image-vectors.ts`.
 */
import { writeFileSync } from 'node:fs';
import { askPillow, type PillowRequest, pillowVersion } from '../support/pillow.ts';

/** Down and up, whole and odd ratios, one side only, a single pixel, no change. */
const SIZES = [
  [
    [37, 23],
    [16, 16],
  ],
  [
    [64, 48],
    [8, 6],
  ],
  [
    [5, 7],
    [11, 3],
  ],
  [
    [20, 20],
    [20, 9],
  ],
  [
    [20, 20],
    [7, 20],
  ],
  [
    [200, 2],
    [3, 2],
  ],
  [
    [1, 1],
    [4, 4],
  ],
  [
    [9, 31],
    [1, 1],
  ],
] as const;

const requests: PillowRequest[] = SIZES.flatMap(([pattern, size]) =>
  [1, 2, 3].map((filter) => ({ pattern, size, filter })),
);
const answers = askPillow(requests);
const cases = requests.map(({ pattern, size, filter }, index) => ({
  from: pattern,
  to: size,
  filter,
  rgb: Buffer.from(answers[index] ?? []).toString('base64'),
}));
const provenance = `Pixels: byte i is (i * i * 31 + i * 7) mod 251. RGB: Pillow ${pillowVersion()}, Image.resize, by test/parity/make-image-vectors.ts.`;
const rows = cases.map((each) => `    ${JSON.stringify(each)}`);
writeFileSync(
  new URL('image-vectors/resize.json', import.meta.url),
  `{\n  "provenance": ${JSON.stringify(provenance)},\n  "cases": [\n${rows.join(',\n')}\n  ]\n}\n`,
);
