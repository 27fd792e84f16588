import { describe, expect, test } from 'vitest';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { readImage } from '../../shared/image/read-image.ts';
import type { RgbImage } from '../../shared/image/rgb-image.ts';
import { FIXTURE_HEIGHT, FIXTURE_WIDTH, fixture, READABLE_FIXTURES } from '../support/image-fixtures.ts';
import { type PngOptions, paintPng, tinyGif, tinyPng } from '../support/tiny-images.ts';
import { tinyJpeg } from '../support/tiny-jpeg.ts';

const decoder = await createNodeImageDecoder();
const WHOLE = { width: 4096, height: 4096 };

/** The whole picture, copied out of the decoder's memory. */
async function decode(bytes: Uint8Array, smallest = WHOLE): Promise<RgbImage> {
  const read = await readImage(decoder, bytes, smallest, ({ rgb }) => ({ ...rgb, pixels: rgb.pixels.slice() }));
  if (!read.ok) throw new Error(read.failure.detail);
  return read.value;
}

describe('a decoded picture is what Pillow makes of it', () => {
  test.each(READABLE_FIXTURES)('$name', async ({ bytes, rgb }) => {
    const image = await decode(bytes);
    expect([image.width, image.height]).toEqual([FIXTURE_WIDTH, FIXTURE_HEIGHT]);
    const largest = image.pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - (rgb[i] ?? 999))), 0);
    expect(largest).toBeLessThanOrEqual(1);
  });
});

describe('every kind of PNG', () => {
  const size = { width: 11, height: 9 };
  const grey = (x: number, y: number) => (x * 23 + y * 7) % 256;
  const kinds: readonly (readonly [
    string,
    Omit<PngOptions, 'width' | 'height'>,
    (x: number, y: number) => number[],
  ])[] = [
    [
      'grey of 1 bit',
      { bitDepth: 1, colourType: 0, samples: (x, y) => [(x + y) & 1] },
      (x, y) => rgb(255 * ((x + y) & 1)),
    ],
    [
      'grey of 2 bits',
      { bitDepth: 2, colourType: 0, samples: (x, y) => [(x + y) & 3] },
      (x, y) => rgb(85 * ((x + y) & 3)),
    ],
    [
      'grey of 4 bits',
      { bitDepth: 4, colourType: 0, samples: (x, y) => [(x + y) & 15] },
      (x, y) => rgb(17 * ((x + y) & 15)),
    ],
    ['grey of 8 bits', { bitDepth: 8, colourType: 0, samples: (x, y) => [grey(x, y)] }, (x, y) => rgb(grey(x, y))],
    [
      'grey of 16 bits',
      { bitDepth: 16, colourType: 0, samples: (x, y) => [grey(x, y) * 256 + 99] },
      (x, y) => rgb(grey(x, y)),
    ],
    [
      'colour of 16 bits',
      { bitDepth: 16, colourType: 2, samples: (x, y) => [grey(x, y) * 256 + 3, x * 256, y * 256 + 255] },
      (x, y) => [grey(x, y), x, y],
    ],
    [
      'colour of 8 bits',
      { bitDepth: 8, colourType: 2, samples: (x, y) => [grey(x, y), x, y] },
      (x, y) => [grey(x, y), x, y],
    ],
    [
      'a palette of 2 bits, one entry half transparent',
      {
        bitDepth: 2,
        colourType: 3,
        samples: (x) => [x & 3],
        palette: [0, 0, 0, 255, 0, 0, 0, 255, 0, 10, 20, 30],
        transparency: [255, 0x80],
      },
      (x) =>
        [
          [0, 0, 0],
          [255, 127, 127],
          [0, 255, 0],
          [10, 20, 30],
        ][x & 3] as number[],
    ],
    [
      'a palette of 8 bits',
      { bitDepth: 8, colourType: 3, samples: (x) => [x & 1], palette: [1, 2, 3, 4, 5, 6] },
      (x) => ((x & 1) === 0 ? [1, 2, 3] : [4, 5, 6]),
    ],
    ['grey with alpha', { bitDepth: 8, colourType: 4, samples: (x) => [0, x * 20] }, (x) => rgb(255 - x * 20)],
    [
      'colour with alpha of 16 bits',
      { bitDepth: 16, colourType: 6, samples: (x) => [0xffff, 0, 0, (x & 1) * 0xffff] },
      (x) => ((x & 1) === 0 ? [255, 255, 255] : [255, 0, 0]),
    ],
    [
      'one transparent grey',
      { bitDepth: 8, colourType: 0, samples: (x, y) => [grey(x, y)], transparency: [0, 0] },
      (x, y) => rgb(grey(x, y) === 0 ? 255 : grey(x, y)),
    ],
    [
      'one transparent colour',
      { bitDepth: 8, colourType: 2, samples: (x) => [x, 0, 0], transparency: [0, 5, 0, 0, 0, 0] },
      (x) => (x === 5 ? [255, 255, 255] : [x, 0, 0]),
    ],
  ];

  test.each(kinds)('%s, by every filter, interlaced and not', async (_, options, wanted) => {
    const expected = Array.from({ length: size.width * size.height }, (_pixel, i) =>
      wanted(i % size.width, Math.floor(i / size.width)),
    ).flat();
    for (const isInterlaced of [false, true]) {
      for (const filter of [0, 1, 2, 3, 4] as const) {
        const image = await decode(tinyPng({ ...size, ...options, filter, isInterlaced }));
        expect([...image.pixels]).toEqual(expected);
      }
    }
  });

  test('a picture narrower than an interlaced pass', async () => {
    const image = await decode(
      tinyPng({ width: 1, height: 3, bitDepth: 8, colourType: 0, samples: (_x, y) => [y], isInterlaced: true }),
    );
    expect([...image.pixels]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });
});

test('a GIF gives its first picture, transparent pixels white', async () => {
  const image = await decode(
    tinyGif(
      2,
      2,
      [0xff0000, 0x00ff00],
      [
        [0, 1, 1, 0],
        [1, 1, 1, 1],
      ],
      1,
    ),
  );
  expect([...image.pixels]).toEqual([255, 0, 0, 255, 255, 255, 255, 255, 255, 255, 0, 0]);
});

describe('a photograph of 12 megapixels', () => {
  const half = (column: number): [number, number, number] => (column < 250 ? [50, 128, 128] : [200, 128, 128]);

  test('is decoded at an eighth, in a few megabytes', async () => {
    const fresh = await createNodeImageDecoder();
    const bytes = tinyJpeg(4000, 3000, half);
    const smallest = { width: 96, height: 96 };
    const read = await readImage(fresh, bytes, smallest, ({ width, height, rgb }) => [
      [width, height, rgb.width, rgb.height],
      [rgb.pixels[0], rgb.pixels[3 * 499]],
    ]);
    expect(read).toEqual({
      ok: true,
      value: [
        [4000, 3000, 500, 375],
        [50, 200],
      ],
    });
    expect(fresh.heapBytes()).toBeLessThan(4 * 2 ** 20);
  });

  test('keeps its coefficients in memory when it is progressive, within the budget', async () => {
    const fresh = await createNodeImageDecoder();
    const bytes = fixture('jpeg-12-megapixels-progressive');
    const read = await readImage(fresh, bytes, { width: 96, height: 96 }, ({ rgb }) => [rgb.width, rgb.height]);
    expect(read).toEqual({ ok: true, value: [500, 375] });
    expect(fresh.heapBytes()).toBeLessThan(40 * 2 ** 20);
  });
});

test('eight progressive ones at once, the engine and a picture of every other format fit into 100 MB', async () => {
  const engine = await createNodeOnnxEngine();
  const fresh = await createNodeImageDecoder();
  for (const { bytes } of READABLE_FIXTURES) await readImage(fresh, bytes, WHOLE, () => null);
  const photo = fixture('jpeg-12-megapixels-progressive');
  const read = () => readImage(fresh, photo, { width: 96, height: 96 }, ({ rgb }) => rgb.pixels.length);
  const sizes = await Promise.all(Array.from({ length: 8 }, read));
  expect(sizes).toEqual(new Array(8).fill({ ok: true, value: 3 * 500 * 375 }));
  // Photographs of this size have 2 to 4 MB; each request holds its own.
  const bodies = 8 * 4_000_000;
  expect(engine.heapBytes() + fresh.heapBytes() + bodies).toBeLessThan(100_000_000);
  console.log(`heaps after eight photographs: ${((engine.heapBytes() + fresh.heapBytes()) / 1e6).toFixed(1)} MB`);
});

test('every picture is decoded alike after others of all formats, and after broken ones', async () => {
  const first = await Promise.all(READABLE_FIXTURES.map(({ bytes }) => decode(bytes)));
  for (const { bytes } of READABLE_FIXTURES) {
    const damaged = bytes.slice();
    damaged.fill(0x55, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2));
    await readImage(decoder, damaged, WHOLE, () => null);
  }
  expect(await Promise.all(READABLE_FIXTURES.map(({ bytes }) => decode(bytes)))).toEqual(first);
});

test('a small picture is painted as it was meant', async () => {
  const image = await decode(paintPng(2, 1, (x) => [x, 10, 20]));
  expect([...image.pixels]).toEqual([0, 10, 20, 1, 10, 20]);
});

function rgb(value: number): number[] {
  return [value, value, value];
}
