import { expect, test } from 'vitest';
import { createPseudonymizer } from '../../shared/customer/pseudonym.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);

// Expected values by Python: hmac.new(bytes(range(32)), '["shop","…"]'.encode(), hashlib.sha256).hexdigest()[:32]
test.each([
  ['anna@example.com', '752aeeeaa07cd7565c6ff29cd895de22'],
  ['käufer', '5dacf754cbbb678cd4d7d57718364c34'],
])('the pseudonym of %s is its HMAC-SHA256', async (userId, expected) => {
  expect(await createPseudonymizer({ version: 1, key: KEY }).pseudonym('shop', userId)).toBe(expected);
});

test('tenants, ids and secrets that differ give pseudonyms that differ', async () => {
  const { pseudonym } = createPseudonymizer({ version: 1, key: KEY });
  const other = createPseudonymizer({ version: 2, key: KEY.slice().fill(7) });
  const all = await Promise.all([
    pseudonym('a', 'b'),
    pseudonym('a","', 'b'),
    pseudonym('a', '","b'),
    other.pseudonym('a', 'b'),
  ]);
  expect(new Set(all).size).toBe(4);
});

test('refuses a short secret', () => {
  expect(() => createPseudonymizer({ version: 1, key: KEY.slice(0, 31) })).toThrow('32 bytes');
});
