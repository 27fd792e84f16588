import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { readImage } from '../../shared/image/read-image.ts';
import { type Filter, resize } from '../../shared/image/resample.ts';
import { askPillow, patternPixels, pillowMissing } from '../support/pillow.ts';
import { realImages } from '../support/real-images.ts';

const IMAGES_PER_FOLDER = 80;
const LEAST_IMAGES = 200;
const FILTERS: readonly (readonly [string, Filter])[] = [
  ['Lanczos', 1],
  ['bilinear', 2],
  ['bicubic', 3],
];
/** Sides of networks, and a size that no reduced scale hits. */
const SIZES = [
  [64, 64],
  [80, 60],
] as const;

const VectorsSchema = z.object({
  provenance: z.string(),
  cases: z
    .array(
      z.object({
        from: z.tuple([z.int(), z.int()]),
        to: z.tuple([z.int(), z.int()]),
        filter: z.union([z.literal(1), z.literal(2), z.literal(3)]),
        rgb: z.string(),
      }),
    )
    .min(12),
});

const vectors = VectorsSchema.parse(
  JSON.parse(readFileSync(new URL('image-vectors/resize.json', import.meta.url), 'utf8')),
);

test('a picture that keeps its size is a copy', () => {
  const image = { width: 2, height: 2, pixels: patternPixels(2, 2) };
  const copy = resize(image, 2, 2, 3);
  expect(copy).toEqual(image);
  expect(copy.pixels.buffer).not.toBe(image.pixels.buffer);
});

test.each(vectors.cases)(
  'resizing $from to $to by filter $filter gives Pillow’s bytes',
  ({ from, to, filter, rgb }) => {
    const image = { width: from[0], height: from[1], pixels: patternPixels(...from) };
    const resized = resize(image, to[0], to[1], filter);
    expect(Buffer.from(resized.pixels).equals(Buffer.from(rgb, 'base64'))).toBe(true);
  },
);

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = pillowMissing() ?? (dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null);

if (missing !== null) console.log(`Comparison of images with Pillow is skipped: ${missing}.`);

describe.each(FILTERS)('at least 200 real images, %s', (_, filter) => {
  test.skipIf(missing !== null).each(SIZES)(
    'at %i × %i are Pillow’s within 1 of 255 on 999 of 1,000 values',
    async (width, height) => {
      const paths = realImages(dataFolder, IMAGES_PER_FOLDER);
      expect(paths.length).toBeGreaterThanOrEqual(LEAST_IMAGES);
      const decoder = await createNodeImageDecoder();
      const wanted = askPillow(paths.map((path) => ({ path, draft: [width, height], size: [width, height], filter })));
      let values = 0;
      let exact = 0;
      let close = 0;
      for (const [index, path] of paths.entries()) {
        const bytes = new Uint8Array(readFileSync(path));
        const read = await readImage(decoder, bytes, { width, height }, ({ rgb }) =>
          resize(rgb, width, height, filter),
        );
        if (!read.ok) throw new Error(`${path}: ${read.failure.detail}`);
        for (const [i, value] of read.value.pixels.entries()) {
          const difference = Math.abs(value - (wanted[index]?.[i] ?? Number.NaN));
          values++;
          if (difference === 0) exact++;
          if (difference <= 1) close++;
        }
      }
      console.log(`${paths.length} images: ${((100 * exact) / values).toFixed(3)} % of values are Pillow's own`);
      expect(close / values).toBeGreaterThanOrEqual(0.999);
    },
  );
});
