import { expect, test } from 'vitest';
import { liveParts, type PartMerge } from '../../shared/customer/part-merges.ts';

const AT = '2026-05-01T00:00:00Z';

test.each<[string, string[], PartMerge[], string[]]>([
  ['without merges all parts count', ['a', 'b'], [], ['a', 'b']],
  ['a merged part stands for its own', ['a', 'b', 'm'], [merge('m', 'a', 'b')], ['m']],
  ['a merge whose part is not there yet changes nothing', ['a', 'b'], [merge('m', 'a', 'b')], ['a', 'b']],
  ['a part of which no line was left is gone', ['a', 'b'], [merge(null, 'a')], ['b']],
  ['a merged part that went into another', ['a', 'c', 'n'], [merge('m', 'a', 'b'), merge('n', 'm', 'c')], ['n']],
  ['unless that other is not there yet', ['m', 'c'], [merge('m', 'a', 'b'), merge('n', 'm', 'c')], ['m', 'c']],
  ['a part that is sent again after it was merged', ['a', 'm'], [merge('m', 'a', 'b')], ['m']],
])('%s', (_, listed, merges, live) => {
  expect(liveParts(listed, merges)).toEqual(live);
});

function merge(into: string | null, ...from: string[]): PartMerge {
  return { into, from, at: AT };
}
