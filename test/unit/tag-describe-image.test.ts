import { expect, test } from 'vitest';
import type { ImageDescription } from '../../functions/tag/contract.ts';
import { describeImage } from '../../functions/tag/describe-image.ts';
import type { RgbImage } from '../../shared/image/rgb-image.ts';

type Paint = (x: number, y: number) => readonly [number, number, number];

const EDGES: Paint = (x, y) => (((x >> 5) + (y >> 5)) % 2 === 0 ? [20, 40, 160] : [240, 240, 240]);

test('a picture of two halves has both colours, and the brightness between', () => {
  const { dominantColours, brightness } = describe(192, 96, (x) => (x < 96 ? [255, 255, 255] : [0, 0, 0]));
  expect(dominantColours.map(({ name }) => name)).toEqual(['black', 'white']);
  expect(dominantColours.every(({ share }) => Math.abs(share - 0.5) < 0.02)).toBe(true);
  expect(brightness).toBeCloseTo(0.5, 2);
});

test('edges that are soft make it less sharp', () => {
  const soft: Paint = (x, y) => {
    const wave = 128 + 60 * Math.sin(x / 12) * Math.sin(y / 12);
    return [wave, wave, wave];
  };
  expect(describe(192, 192, soft).sharpness).toBeLessThan(describe(192, 192, EDGES).sharpness / 10);
});

test('the hash of the same picture in another size, brightness or place differs little; another picture’s differs much', () => {
  const own = describe(320, 320, EDGES).perceptualHash;
  const smaller = describe(160, 160, (x, y) => EDGES(2 * x, 2 * y)).perceptualHash;
  const darker = describe(320, 320, (x, y) => EDGES(x, y).map((value) => value * 0.8) as [number, number, number]);
  const other = describe(320, 320, (x, y) => [x % 256, (y * 3) % 256, (x * y) % 256]).perceptualHash;
  expect(distance(own, smaller)).toBeLessThanOrEqual(6);
  expect(distance(own, darker.perceptualHash)).toBeLessThanOrEqual(6);
  expect(distance(own, other)).toBeGreaterThan(15);
});

function describe(width: number, height: number, paint: Paint): ImageDescription {
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.set(paint(x, y), 3 * (y * width + x));
  const rgb: RgbImage = { width, height, pixels };
  return describeImage({ format: 'png', width, height, orientation: 1, rgb });
}

/** Bits in which two hashes differ. */
function distance(a: string, b: string): number {
  const differing = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  return [...differing.toString(2)].filter((bit) => bit === '1').length;
}
