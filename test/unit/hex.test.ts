import { expect, test } from 'vitest';
import { sha256Hex, toHex } from '../../shared/core/hex.ts';

test('toHex writes two lower-case digits a byte', () => {
  expect(toHex(Uint8Array.of(0, 1, 15, 16, 171, 255))).toBe('00010f10abff');
  expect(toHex(new Uint8Array(0))).toBe('');
});

// FIPS 180-2, appendix B.1 and B.2; the empty message is in NIST's test vectors.
test.each([
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
])('sha256Hex of %j', async (text, expected) => {
  expect(await sha256Hex(text)).toBe(expected);
  expect(await sha256Hex(new TextEncoder().encode(text))).toBe(expected);
});
