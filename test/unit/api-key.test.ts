import { describe, expect, test } from 'vitest';
import { apiKeyId, createApiKey, isAcceptableApiKey } from '../../shared/core/api-key.ts';

const zeros = (count: number) => new Uint8Array(count);
/** The CRC-32 of what stands before it, computed with Python's zlib. */
const KEY_OF_ZEROS = `em_${'0'.repeat(12)}_${'0'.repeat(32)}48tIWY`;

describe('createApiKey', () => {
  test('puts id, secret and checksum together', () => {
    expect(createApiKey(zeros)).toBe(KEY_OF_ZEROS);
  });

  test('gives acceptable keys that name their id, and no two alike', async () => {
    const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
    const keys = Array.from({ length: 50 }, () => createApiKey(random));
    expect(new Set(keys).size).toBe(50);
    for (const key of keys) {
      expect(isAcceptableApiKey(key)).toBe(true);
      expect(await apiKeyId(key)).toBe(key.slice(3, 15));
    }
  });
});

describe('apiKeyId', () => {
  test('takes the id from a key with a right checksum', async () => {
    expect(await apiKeyId(KEY_OF_ZEROS)).toBe('000000000000');
  });

  test('a key with one digit wrong leads to no record of the right key', async () => {
    const mistyped = KEY_OF_ZEROS.replace('_0', '_1');
    expect(await apiKeyId(mistyped)).toMatch(/^sha256-[0-9a-f]{24}$/);
  });

  test('a key chosen by hand is found by its hash', async () => {
    // SHA-256 of "em_local-development", first 24 digits, computed with sha256sum.
    expect(await apiKeyId('em_local-development')).toBe('sha256-ae6beeb0f98ef4f3fbf51439');
  });
});

describe('isAcceptableApiKey', () => {
  test.each([
    ['em_1234567890123', true],
    ['em_123456789012', false],
    ['xx_1234567890123', false],
    ['em_1234567890 123', false],
    ['em_1234567890123\n', false],
    ['em_123456789012é', false],
    [`em_${'a'.repeat(253)}`, true],
    [`em_${'a'.repeat(254)}`, false],
    ['', false],
  ])('of %j is %s', (text, expected) => {
    expect(isAcceptableApiKey(text)).toBe(expected);
  });
});
