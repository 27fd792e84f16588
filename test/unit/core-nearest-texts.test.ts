import { expect, test } from 'vitest';
import { nearestTexts } from '../../shared/core/nearest-texts.ts';
import { textFeatures } from '../../shared/core/text-features.ts';

const KNOWN = ['Red ceramic mug', 'Blue ceramic teapot', 'Frying pan of steel', '绿茶 叶', ''];

test('a text is near to those that share its words, parts of words or category', () => {
  const features = (text: string) => textFeatures(text);
  const [mugs, pans, tea, strange] = nearestTexts(
    KNOWN.map(features),
    ['Green ceramic mugs', 'frying PANS', '红茶绿茶', 'zzz'].map(features),
    2,
  );
  expect(mugs?.map(({ index }) => index)).toEqual([0, 1]);
  expect(pans?.[0]?.index).toBe(2);
  expect(tea?.[0]?.index).toBe(3);
  expect(strange).toEqual([]);
  expect(nearestTexts([textFeatures('x', ['food'])], [textFeatures('y', ['food'])], 1)[0]?.[0]?.index).toBe(0);
});

test('the similarity is the cosine of TF-IDF vectors', () => {
  // Two features, one in both texts: idf of a = ln(3/3) + 1 = 1, of b and c = ln(3/2) + 1.
  const [a, b, c] = [1, 2, 3];
  const rare = Math.log(1.5) + 1;
  const [near] = nearestTexts([Int32Array.of(a, b), Int32Array.of(a, c)], [Int32Array.of(a, b)], 2);
  expect(near?.[0]).toEqual({ index: 0, similarity: expect.closeTo(1, 6) });
  expect(near?.[1]).toEqual({ index: 1, similarity: expect.closeTo(1 / (1 + rare ** 2), 6) });
});

test('a feature that is in every one of many texts tells nothing', () => {
  const known = Array.from({ length: 100 }, (_, i) => Int32Array.of(7, 100 + i));
  expect(nearestTexts(known, [Int32Array.of(7, 999)], 3)).toEqual([[]]);
  expect(nearestTexts(known, [Int32Array.of(7, 142)], 3)[0]).toEqual([{ index: 42, similarity: expect.closeTo(1, 6) }]);
});

test('case, width and composition of characters do not matter; only so much of a text is read', () => {
  expect(textFeatures('Ｍug')).toEqual(textFeatures('mug'));
  expect(textFeatures('cafe\u0301')).toEqual(textFeatures('CAFÉ'));
  expect(textFeatures(`${'a '.repeat(200)}mug`)).toEqual(textFeatures('a'));
});
