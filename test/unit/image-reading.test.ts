import { describe, expect, test } from 'vitest';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { chooseScale, estimateDecodeBytes, MAX_DECODE_BYTES, planDecode } from '../../shared/image/decode-plan.ts';
import { readOrientation } from '../../shared/image/exif-orientation.ts';
import { sniffImage } from '../../shared/image/image-format.ts';
import type { ImageHeader, Orientation } from '../../shared/image/image-header.ts';
import { orient } from '../../shared/image/orient.ts';
import { readImage } from '../../shared/image/read-image.ts';
import { readImageHeader } from '../../shared/image/read-image-header.ts';
import { fixture, READABLE_FIXTURES } from '../support/image-fixtures.ts';
import { createRandom } from '../support/random.ts';
import { ascii, bombPng, join, lyingPng, paintPng, tinyGif } from '../support/tiny-images.ts';
import { tinyJpeg } from '../support/tiny-jpeg.ts';

const PHOTO: ImageHeader = {
  format: 'jpeg',
  width: 4000,
  height: 3000,
  orientation: 1,
  isCmyk: false,
  coefficientsPerPixel: 0,
  isLossless: false,
};

describe('what a file is, by its first bytes', () => {
  test.each([
    ['jpeg', fixture('jpeg-baseline')],
    ['png', fixture('png-orientation-6')],
    ['webp', fixture('webp-lossy')],
    ['gif', tinyGif(2, 2, [0, 0xffffff], [[0, 0, 0, 0]])],
  ])('%s', (format, bytes) => {
    expect(sniffImage(bytes)).toEqual({ format });
  });

  test.each([
    ['an AVIF image', [0, 0, 0, 28, ...ascii('ftypavif')]],
    ['a HEIC image', [0, 0, 0, 28, ...ascii('ftypheic')]],
    ['a video or HEIF file', [0, 0, 0, 28, ...ascii('ftypisom')]],
    ['a BMP image', ascii('BM1234')],
    ['gzip data', [0x1f, 0x8b, 8, 0]],
    ['an SVG drawing', ascii('  \n<!-- drawn --><svg>')],
    ['an HTML or XML document', ascii('<rss>')],
  ])('%s is named', (other, bytes) => {
    expect(sniffImage(Uint8Array.from(bytes))).toEqual({ other });
  });

  test('a WAV file is in the same container as WebP and is none', () => {
    expect(sniffImage(Uint8Array.from(ascii('RIFF1234WAVE')))).toEqual({ other: null });
  });
});

describe('the header of a JPEG', () => {
  const header = (bytes: Uint8Array) => readImageHeader(bytes, 'jpeg');

  test('tells size, components and what the decoder will have to keep', () => {
    expect(header(fixture('jpeg-baseline'))).toMatchObject({
      value: { width: 24, height: 16, isCmyk: false, coefficientsPerPixel: 0 },
    });
    expect(header(fixture('jpeg-cmyk'))).toMatchObject({ value: { isCmyk: true } });
    // 4:2:0 has one and a half samples a pixel.
    expect(header(fixture('jpeg-progressive'))).toMatchObject({ value: { coefficientsPerPixel: 1.5 } });
  });

  test('is whole when something follows the picture, such as a phone’s film', () => {
    const withFilm = join([fixture('jpeg-baseline'), new Array<number>(5000).fill(0xff)]);
    expect(header(withFilm).ok).toBe(true);
  });

  test('is cut short wherever the file ends before', () => {
    const bytes = tinyJpeg(40, 40, (column, row) => [column * 40, row * 40, 128]);
    for (let length = 3; length < bytes.length; length++) {
      expect(header(bytes.subarray(0, length)), `${length} bytes`).toMatchObject({
        failure: { kind: 'damaged', reason: 'it is cut short: its end is missing' },
      });
    }
    expect(header(bytes).ok).toBe(true);
  });

  test.each([
    ['lossless', 0xc3, 'lossless'],
    ['hierarchical', 0xc5, 'hierarchical'],
  ])('%s is told to be unsupported', (_, marker, words) => {
    const bytes = tinyJpeg(8, 8, () => [1, 1, 1]);
    bytes[bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0) + 1] = marker;
    expect(header(bytes)).toMatchObject({ failure: { kind: 'unsupported', reason: expect.stringContaining(words) } });
  });

  test('12 bits a sample are told to be unsupported', () => {
    const bytes = tinyJpeg(8, 8, () => [1, 1, 1]);
    bytes[bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0) + 4] = 12;
    expect(header(bytes)).toMatchObject({
      failure: { kind: 'unsupported', reason: expect.stringContaining('12 bits') },
    });
  });
});

describe('headers of PNG, WebP and GIF', () => {
  test('are cut short wherever the file ends before', () => {
    const files = [
      ['png', paintPng(3, 3, () => [1, 2, 3])],
      ['webp', fixture('webp-lossless-alpha')],
      ['gif', tinyGif(2, 2, [0, 0xffffff], [[0, 1, 0, 1]]).slice(0, -1)],
    ] as const;
    for (const [format, bytes] of files) {
      expect(readImageHeader(bytes, format).ok).toBe(true);
      for (let length = 12; length < bytes.length; length++) {
        expect(readImageHeader(bytes.subarray(0, length), format), `${format}, ${length} bytes`).toMatchObject({
          failure: { kind: 'damaged' },
        });
      }
    }
  });
});

describe('EXIF orientation', () => {
  const tiff = (order: 'II' | 'MM', value: number, tag = 0x0112, type = 3) => {
    const isLittle = order === 'II';
    const view = new DataView(new ArrayBuffer(26));
    for (const at of [0, 1]) view.setUint8(at, order.charCodeAt(at));
    view.setUint16(2, 42, isLittle);
    view.setUint32(4, 8, isLittle);
    view.setUint16(8, 1, isLittle);
    view.setUint16(10, tag, isLittle);
    view.setUint16(12, type, isLittle);
    view.setUint32(14, 1, isLittle);
    view.setUint16(18, value, isLittle);
    return new Uint8Array(view.buffer);
  };

  test('is read in both byte orders', () => {
    expect(readOrientation(tiff('II', 6))).toBe(6);
    expect(readOrientation(tiff('MM', 8))).toBe(8);
  });

  test('is 1 where it is absent, out of range, of another type, or the structure is damaged', () => {
    expect(readOrientation(tiff('II', 6, 0x0100))).toBe(1);
    expect(readOrientation(tiff('II', 9))).toBe(1);
    expect(readOrientation(tiff('II', 0))).toBe(1);
    expect(readOrientation(tiff('II', 6, 0x0112, 4))).toBe(1);
    for (let length = 0; length < 22; length++) expect(readOrientation(tiff('II', 6).subarray(0, length))).toBe(1);
    expect(readOrientation(new Uint8Array(40).fill(0x49))).toBe(1);
  });

  test('turning twice by a turn and its opposite gives the picture back', () => {
    const image = { width: 3, height: 2, pixels: Uint8Array.from({ length: 18 }, (_, i) => i) };
    const opposites: readonly (readonly [Orientation, Orientation])[] = [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
      [6, 8],
      [7, 7],
      [8, 6],
    ];
    for (const [there, back] of opposites) expect(orient(orient(image, there), back)).toEqual(image);
    expect(orient(image, 6)).toEqual({
      width: 2,
      height: 3,
      pixels: Uint8Array.from([9, 10, 11, 0, 1, 2, 12, 13, 14, 3, 4, 5, 15, 16, 17, 6, 7, 8]),
    });
  });
});

describe('the scale of a JPEG', () => {
  test('is the largest that leaves both sides as long as needed', () => {
    const scaleOf = (width: number, height: number) => chooseScale({ ...PHOTO, width, height }, 96, 96);
    expect(scaleOf(4000, 3000)).toBe(8);
    expect(scaleOf(640, 480)).toBe(4);
    expect(scaleOf(383, 1000)).toBe(2);
    expect(scaleOf(128, 128)).toBe(1);
    expect(scaleOf(20, 20)).toBe(1);
    expect(chooseScale({ ...PHOTO, format: 'png' }, 96, 96)).toBe(1);
  });

  test('counts the sides of the upright picture', () => {
    const lying = { ...PHOTO, width: 400, height: 100, orientation: 6 as const };
    expect(chooseScale(lying, 100, 200)).toBe(1);
    expect(chooseScale(lying, 50, 200)).toBe(2);
  });

  test('goes down further before a picture of one long side is refused', () => {
    const strip = { ...PHOTO, width: 60_000, height: 500 };
    expect(estimateDecodeBytes(strip, 4, 0)).toBeLessThan(MAX_DECODE_BYTES);
    expect(planDecode(strip, 0, { width: 400, height: 400 })).toEqual({ ok: true, value: 2 });
    expect(planDecode({ ...strip, height: 1000 }, 0, { width: 900, height: 900 })).toEqual({ ok: true, value: 2 });
  });

  test('a progressive picture without reduced chroma is refused over the budget, with the limit', () => {
    const full = { ...PHOTO, coefficientsPerPixel: 3 };
    expect(planDecode(full, 3_000_000, { width: 96, height: 96 })).toMatchObject({
      failure: { kind: 'too-large', limitBytes: MAX_DECODE_BYTES, detail: expect.stringContaining('progressive') },
    });
    expect(planDecode({ ...PHOTO, coefficientsPerPixel: 1.5 }, 3_000_000, { width: 96, height: 96 }).ok).toBe(true);
  });
});

test('a thousand bad pictures in a row are refused and leave no memory behind', { timeout: 120_000 }, async () => {
  const decoder = await createNodeImageDecoder();
  const random = createRandom(7);
  const whole = [
    ...READABLE_FIXTURES.map(({ bytes }) => bytes),
    paintPng(40, 40, (x, y) => [x, y, 9]),
    bombPng(2 ** 20),
  ];
  const bad = (): Uint8Array => {
    const bytes = random.pick(whole).slice();
    if (random.below(3) === 0) return bytes.slice(0, random.below(bytes.length));
    if (random.below(8) === 0) return lyingPng(60_000, 60_000);
    for (let i = 0; i < 12; i++) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  };
  const refused = { count: 0 };
  const feed = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const read = await readImage(decoder, bad(), { width: 4096, height: 4096 }, () => null);
      if (!read.ok) refused.count++;
    }
  };
  await feed(500);
  const before = process.memoryUsage().rss;
  await feed(1000);
  // libwebp begins with 16 MiB; instances of the JPEG decoder that gave up are collected.
  expect(decoder.heapBytes()).toBeLessThanOrEqual(18 * 2 ** 20);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  expect(refused.count).toBeGreaterThan(500);
  const good = await readImage(decoder, fixture('jpeg-baseline'), { width: 96, height: 96 }, ({ width }) => width);
  expect(good).toEqual({ ok: true, value: 24 });
});
