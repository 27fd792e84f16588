import { expect, test } from 'vitest';
import { diversify } from '../../shared/core/diversify.ts';

const SCORES = [1, 0.9, 0.8, 0];
/** 0 and 1 are alike, 2 and 3 are like nothing. */
const alike = (a: number, b: number) => (a + b === 1 ? 1 : 0);
const anything = () => true;

test('without diversity the order of the scores stays', () => {
  expect(diversify(SCORES, { k: 3, diversity: 0, similarity: alike, mayTake: anything })).toEqual([0, 1, 2]);
});

test('with diversity what is like one taken already comes later', () => {
  // 1 has .5 × .9 − .5 × 1 = −.05; 2 has .5 × .8 = .4; 3 has 0.
  expect(diversify(SCORES, { k: 4, diversity: 0.5, similarity: alike, mayTake: anything })).toEqual([0, 2, 3, 1]);
});

test('what may not be taken is passed over', () => {
  const notTwo = (index: number, taken: readonly number[]) => index !== 2 && taken.length < 2;
  expect(diversify(SCORES, { k: 4, diversity: 0, similarity: alike, mayTake: notTwo })).toEqual([0, 1]);
  expect(diversify(SCORES, { k: 4, diversity: 0.5, similarity: alike, mayTake: notTwo })).toEqual([0, 3]);
});

test('equal scores and empty lists are taken as they are', () => {
  expect(diversify([2, 2], { k: 2, diversity: 0.5, similarity: () => 0, mayTake: anything })).toEqual([0, 1]);
  expect(diversify([], { k: 2, diversity: 0.5, similarity: () => 0, mayTake: anything })).toEqual([]);
});
