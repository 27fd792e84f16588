import { describe, expect, test } from 'vitest';
import { base62Six, crc32, randomBase62 } from '../../shared/core/crc32-base62.ts';

describe('crc32', () => {
  // "123456789" is the check value of CRC-32/ISO-HDLC; the others were computed with Python's zlib.crc32.
  test.each([
    ['123456789', 0xcbf43926],
    ['', 0],
    ['a', 0xe8b7be43],
    ['好😀', 0x497b706e],
  ])('of %j', (text, expected) => {
    expect(crc32(text)).toBe(expected);
  });
});

describe('base62Six', () => {
  test.each([
    [0, '000000'],
    [61, '00000z'],
    [62, '000010'],
    [0xffffffff, '4gfFC3'],
  ])('of %i', (value, expected) => {
    expect(base62Six(value)).toBe(expected);
  });
});

describe('randomBase62', () => {
  test('skips bytes of 248 and more, which would favour the first digits', () => {
    const draws = [
      [255, 248, 247, 0],
      [61, 62, 1, 2],
    ];
    expect(randomBase62(4, () => Uint8Array.from(draws.shift() ?? []))).toBe('z0z0');
  });

  test('gives every digit equally often over all bytes', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const counts = new Map<string, number>();
    for (const digit of randomBase62(248, () => all)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    expect([counts.size, new Set(counts.values())]).toEqual([62, new Set([4])]);
  });
});
