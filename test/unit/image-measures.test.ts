import { describe, expect, test } from 'vitest';
import { nameColour } from '../../shared/core/colour-names.ts';
import { dominantColours } from '../../shared/core/dominant-colours.ts';
import { brightness, sharpness } from '../../shared/core/image-measures.ts';
import { lumaOf } from '../../shared/core/luma.ts';
import { perceptualHash } from '../../shared/core/perceptual-hash.ts';

/** 32 × 32 values of no meaning that Python makes alike. */
const PATTERN = Uint8Array.from({ length: 32 * 32 }, (_, i) => (i * i * 31 + i * 7) % 251);

describe('luma', () => {
  test('is what Pillow 13 makes of six colours with convert("L")', () => {
    const colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 12, 200, 77, 255, 255, 255, 1, 2, 3];
    expect([...lumaOf(Uint8Array.from(colours))]).toEqual([76, 150, 29, 130, 255, 2]);
  });
});

describe('brightness', () => {
  test('is 0 for black, 1 for white, and the mean between', () => {
    expect(brightness(new Uint8Array(9))).toBe(0);
    expect(brightness(new Uint8Array(9).fill(255))).toBe(1);
    expect(brightness(PATTERN)).toBeCloseTo(0.47423789828431373, 12);
  });
});

describe('sharpness', () => {
  test('is 0 where nothing changes, and where all changes evenly', () => {
    expect(sharpness(new Uint8Array(25).fill(99), 5)).toBe(0);
    const slope = Uint8Array.from({ length: 25 }, (_, i) => 10 * (i % 5));
    expect(sharpness(slope, 5)).toBe(0);
  });

  test('is the variance of the Laplacian, as NumPy works it out', () => {
    expect(sharpness(PATTERN, 32)).toBeCloseTo(104843.85305061728, 6);
  });

  test('of a checkerboard of 0 and 1: 4 and −4 alternate, so the variance is 16', () => {
    const board = Uint8Array.from({ length: 36 }, (_, i) => (i + Math.floor(i / 6)) & 1);
    expect(sharpness(board, 6)).toBe(16);
  });

  test('is 0 without a pixel that has all neighbours', () => {
    expect(sharpness(Uint8Array.from([0, 255, 0, 255]), 2)).toBe(0);
  });
});

describe('the perceptual hash', () => {
  test('is the one of SciPy’s dct and NumPy’s median, as imagehash puts them together', () => {
    expect(perceptualHash(PATTERN)).toBe('90bd71853ea73097');
  });

  test('of a flat picture has the lowest frequency alone, whatever its brightness', () => {
    expect(perceptualHash(new Uint8Array(1024).fill(1))).toBe('8000000000000000');
    expect(perceptualHash(new Uint8Array(1024).fill(254))).toBe('8000000000000000');
  });

  test('does not change when all is a little brighter', () => {
    const dim = PATTERN.map((value) => value >> 1);
    expect(perceptualHash(dim.map((value) => value + 20))).toBe(perceptualHash(dim));
  });
});

describe('names of colours', () => {
  test.each([
    ['000000', 'black'],
    ['222222', 'black'],
    ['696969', 'grey'],
    ['c0c0c0', 'grey'],
    ['f5f5f5', 'white'],
    ['dc143c', 'red'],
    ['800000', 'red'],
    ['5a0f20', 'red'],
    ['ff7f50', 'orange'],
    ['ffd700', 'yellow'],
    ['228b22', 'green'],
    ['0b2e13', 'green'],
    ['00ffff', 'turquoise'],
    ['87ceeb', 'blue'],
    ['191970', 'navy'],
    ['4b0082', 'purple'],
    ['ff69b4', 'pink'],
    ['4b3621', 'brown'],
    ['d2b48c', 'beige'],
  ])('#%s is %s', (hex, name) => {
    const value = Number.parseInt(hex, 16);
    expect(nameColour(value >> 16, (value >> 8) & 255, value & 255)).toBe(name);
  });
});

describe('dominant colours', () => {
  test('are the means of the pixels of a name, by their share', () => {
    const pixels = [
      ...new Array(5).fill([250, 0, 0]),
      ...new Array(2).fill([0, 0, 250]),
      [240, 0, 0],
      ...new Array(2).fill([255, 255, 255]),
    ].flat();
    expect(dominantColours(Uint8Array.from(pixels))).toEqual([
      { name: 'red', hex: '#f80000', share: 0.6 },
      { name: 'blue', hex: '#0000fa', share: 0.2 },
      { name: 'white', hex: '#ffffff', share: 0.2 },
    ]);
  });

  test('leave out specks, and are five at most', () => {
    const speck = Uint8Array.from([...new Array(3 * 99).fill(0), 255, 0, 0]);
    expect(dominantColours(speck).map(({ name }) => name)).toEqual(['black']);
    const many = Uint8Array.from(
      [
        [0, 0, 0],
        [255, 255, 255],
        [255, 0, 0],
        [0, 160, 0],
        [0, 0, 255],
        [255, 255, 0],
        [255, 128, 0],
      ].flat(),
    );
    expect(dominantColours(many)).toHaveLength(5);
  });
});
