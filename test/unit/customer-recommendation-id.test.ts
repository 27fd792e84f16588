import { expect, test } from 'vitest';
import { RecommendationIdSchema } from '../../shared/customer/event.ts';
import { makeRecommendationId, parseRecommendationId } from '../../shared/customer/recommendation-id.ts';

const AT = Date.UTC(2026, 10, 24, 12, 0, 0, 123);
const bytes = (count: number) => new Uint8Array(count).fill(10);

test('an id says model, version, arm and time, and can stand in a URL', () => {
  const id = makeRecommendationId({ model: 'shop', version: '1.0.0+3', arm: 'b', atMs: AT }, bytes);
  expect(id).toBe(`r1~${AT.toString(36)}~AAAAAAAA~shop~1.0.0_3~b`);
  expect(encodeURIComponent(id)).toBe(id);
  const origin = { model: 'shop', version: '1.0.0+3', arm: 'b', atMs: AT };
  expect(parseRecommendationId(id)).toEqual({ ...origin, isVersionCut: false });
});

test('without an arm there is none', () => {
  const id = makeRecommendationId({ model: 'shop', version: '1', atMs: 0 }, bytes);
  expect(parseRecommendationId(id)).toEqual({ model: 'shop', version: '1', atMs: 0, isVersionCut: false });
});

test('the longest names fit; of a version that does not, the beginning stays', () => {
  const origin = { model: 'm'.repeat(63), version: '1'.repeat(63), arm: 'a'.repeat(24), atMs: AT };
  const id = makeRecommendationId(origin, bytes);
  expect(id).toHaveLength(128);
  expect(RecommendationIdSchema.safeParse(id).success).toBe(true);
  const parsed = parseRecommendationId(id);
  expect(parsed).toMatchObject({ model: origin.model, arm: origin.arm, atMs: AT, isVersionCut: true });
  expect(origin.version.startsWith(parsed?.version ?? 'none')).toBe(true);
});

test.each([
  '',
  'r1',
  'r2~1~AAAAAAAA~shop~1~',
  'r1~1~A~shop~1',
  'r1~1~A~shop~1~b~c',
  'r1~-~A~shop~1~',
  'a b',
  'é',
  'x'.repeat(129),
])('"%s" is none of ours', (id) => expect(parseRecommendationId(id)).toBeNull());
