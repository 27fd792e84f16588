import { expect, test } from 'vitest';
import { parseArms } from '../../infra/dev/cli/arms-arguments.ts';
import type { Arm } from '../../shared/customer/arms.ts';

const PRESENT: Arm[] = [{ name: 'new', weight: 1, model: 'own', settings: { diversity: 0.3 } }];

test('arms are read with model, weight and settings; settings that are not told stay', () => {
  expect(parseArms(['control=retail@1.0.0:50', 'new=own:0.5', 'third=own'], [], PRESENT)).toEqual([
    { name: 'control', weight: 50, model: 'retail@1.0.0', settings: {} },
    { name: 'new', weight: 0.5, model: 'own', settings: { diversity: 0.3 } },
    { name: 'third', weight: 1, model: 'own', settings: {} },
  ]);
  expect(parseArms(['new=own:0'], ['new={"allowSeen":true}'], PRESENT)).toEqual([
    { name: 'new', weight: 0, model: 'own', settings: { allowSeen: true } },
  ]);
  expect(parseArms(['new=own'], ['new={}'], PRESENT)[0]?.settings).toEqual({});
});

test.each<[title: string, arms: string[], settings: string[], words: string]>([
  ['no model', ['control'], [], 'NAME=MODEL:WEIGHT'],
  ['an empty model', ['control=:5'], [], 'NAME=MODEL:WEIGHT'],
  ['a weight below 0', ['a=own:-1'], [], 'not a number'],
  ['a weight in words', ['a=own:half'], [], 'not a number'],
  ['settings of nobody', ['a=own'], ['b={}'], '"b"'],
  ['settings that are no JSON', ['a=own'], ['a={'], 'settings of a'],
  ['a setting that is not known', ['a=own'], ['a={"colour":1}'], 'colour'],
])('%s is said to be wrong', (_, arms, settings, words) => {
  expect(() => parseArms(arms, settings, [])).toThrow(words);
});
