import { describe, expect, test } from 'vitest';
import { resize } from '../../shared/image/resample.ts';
import { createImagePreprocessor, type ImagePreprocessor } from '../../shared/model/image-preprocessor.ts';

const SQUASH = { size: { height: 2, width: 3 }, do_normalize: false };
const CROP = {
  size: { shortest_edge: 4 },
  do_center_crop: true,
  crop_size: { height: 2, width: 3 },
  do_rescale: false,
  do_normalize: false,
};

function make(config: unknown): ImagePreprocessor {
  const made = createImagePreprocessor(new TextEncoder().encode(JSON.stringify(config)));
  if (!made.ok) throw new Error(made.failure.reason);
  return made.value;
}

function picture(width: number, height: number) {
  return { width, height, pixels: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7) % 256) };
}

describe('pixel values', () => {
  test('are channels first: all reds, then all greens, then all blues', () => {
    const image = { width: 3, height: 2, pixels: Uint8Array.from({ length: 18 }, (_, i) => 10 * i) };
    const values = make({ ...SQUASH, do_rescale: false }).toPixelValues(image);
    expect([...values]).toEqual([0, 30, 60, 90, 120, 150, 10, 40, 70, 100, 130, 160, 20, 50, 80, 110, 140, 170]);
  });

  test('are rescaled, then normalised by channel', () => {
    const config = { ...SQUASH, do_normalize: true, image_mean: [0.5, 0, 0.25], image_std: [0.5, 2, 0.25] };
    const white = { width: 3, height: 2, pixels: new Uint8Array(18).fill(255) };
    const values = make({ ...config, rescale_factor: 1 / 255 }).toPixelValues(white);
    expect([values[0], values[6], values[12]]).toEqual([1, 0.5, 3]);
  });

  test('are those of the picture squashed by the filter that is named', () => {
    for (const resample of [1, 2, 3] as const) {
      const image = picture(11, 9);
      const values = make({ ...SQUASH, do_rescale: false, resample }).toPixelValues(image);
      const reds = resize(image, 3, 2, resample).pixels.filter((_, i) => i % 3 === 0);
      expect([...values.subarray(0, 6)]).toEqual([...reds]);
    }
  });

  test('with a shortest edge, are those of the middle of the picture in its own aspect ratio', () => {
    const image = picture(13, 9);
    const preprocessor = make(CROP);
    expect(preprocessor).toMatchObject({ width: 3, height: 2, smallest: { width: 4, height: 4 } });
    // 9 rows become 4, so 13 columns become 5; the middle 3 of 5 and 2 of 4 begin at 1.
    const whole = resize(image, 5, 4, 2).pixels;
    const reds = [1, 2].flatMap((row) => [1, 2, 3].map((column) => whole[3 * (row * 5 + column)]));
    expect([...preprocessor.toPixelValues(image).subarray(0, 6)]).toEqual(reds);
    expect(preprocessor.toPixelValues(picture(9, 40))).toHaveLength(18);
    // A strip would become 4 × 40,000 and more otherwise.
    expect(preprocessor.toPixelValues(picture(1, 60_000))).toHaveLength(18);
  });

  test('of a squashed picture may be cut as well', () => {
    const preprocessor = make({ ...CROP, size: { height: 4, width: 5 } });
    const image = picture(5, 4);
    const greens = [1, 2].flatMap((row) => [1, 2, 3].map((column) => image.pixels[3 * (row * 5 + column) + 1]));
    expect([...preprocessor.toPixelValues(image).subarray(6, 12)]).toEqual(greens);
  });
});

test.each([
  ['no size', {}, 'size'],
  ['a size of one number', { size: 224 }, 'size'],
  ['a filter that is not there', { ...SQUASH, resample: 4 }, 'resample'],
  ['no resizing', { ...SQUASH, do_resize: false }, 'do_resize'],
  ['a share to crop', { ...SQUASH, crop_pct: 0.875 }, 'crop_pct'],
  ['a shortest edge without a crop', { size: { shortest_edge: 4 } }, 'crop_size'],
  ['a crop larger than the picture', { ...CROP, crop_size: { height: 8, width: 8 } }, 'larger'],
  ['a deviation of zero', { ...SQUASH, image_std: [1, 0, 1] }, 'image_std'],
])('a configuration with %s is refused in words', (_, config, words) => {
  const made = createImagePreprocessor(new TextEncoder().encode(JSON.stringify(config)));
  expect(made).toMatchObject({ ok: false, failure: { reason: expect.stringContaining(words) } });
});
