import { describe, expect, test } from 'vitest';
import { incompleteUtf8Bytes } from '../../shared/core/utf8-tail.ts';
import { beginReading, type ReaderState, type RowFormat, readRows } from '../../shared/dataset/read-rows.ts';
import { createRandom } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

const CSV = '\ufeffa,b\r\n1,"x, ""y""\r\nz"\r\n\r\n2,ü\r\n3,"中🙂"';
const ROWS = [
  [2, { a: '1', b: 'x, "y"\r\nz' }],
  [5, { a: '2', b: 'ü' }],
  [6, { a: '3', b: '中🙂' }],
];

describe('rows are read', () => {
  test('from CSV with quotes, line breaks in fields, empty lines and a byte order mark', () => {
    expect(readAll('csv', [CSV])).toEqual(ROWS);
  });

  test('the same wherever the text is cut', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed);
      const cuts = [0, ...Array.from({ length: 3 }, () => random.below(CSV.length)), CSV.length].sort((x, y) => x - y);
      const pieces = cuts.slice(1).map((cut, place) => CSV.slice(cuts[place], cut));
      expect(readAll('csv', pieces), `seed ${seed}`).toEqual(ROWS);
    }
  });

  test.each([
    ['semicolons', 'a;b\n1;2,5\n', { a: '1', b: '2,5' }],
    ['tabs', 'a\tb\n1\t2\n', { a: '1', b: '2' }],
    ['bars', 'a|b\n1|2', { a: '1', b: '2' }],
    ['missing fields', 'a,b\n1\n', { a: '1', b: '' }],
    ['columns of one name', 'a,a,\n1,2,3\n', { a: '1', 'a#2': '2', '#3': '3' }],
  ])('with %s', (_, text, fields) => {
    expect(readAll('csv', [text])).toEqual([[2, fields]]);
  });

  test('with the reason where a row has more fields than the header', () => {
    expect(readAll('csv', ['a,b\n1,2,3\n4,5\n'])).toEqual([
      [2, 'has 3 fields; the header has 2'],
      [3, { a: '4', b: '5' }],
    ]);
  });

  test('up to a bound where a quote is never closed', () => {
    const rows = readAll('csv', [`a,b\n1,"open\n${'2,3\n'.repeat(100_000)}`]);
    expect(rows.slice(0, 2)).toEqual([
      [2, 'has a quote that is never closed'],
      [3, { a: '2', b: '3' }],
    ]);
    expect(rows).toHaveLength(100_001);
  });

  test('from lines with tabs where quotes are letters, but around a whole field', () => {
    const state = { ...beginReading('csv'), hasPlainTabs: true };
    const text = 'a\tb\n"Wow" he said\t1\r\n"one, ""two"""\t2\n"open\t3\n\n4';
    const read = readRows(state, text, false);
    const rest = readRows(read.state, '\t5\t6', true);
    const fields = [...read.rows, ...rest.rows].map((row) => (row.ok ? row.value : row.failure));
    expect(fields).toEqual([
      { line: 2, fields: { a: '"Wow" he said', b: '1' } },
      { line: 3, fields: { a: 'one, "two"', b: '2' } },
      { line: 4, fields: { a: '"open', b: '3' } },
      { line: 6, reason: 'has 3 fields; the header has 2' },
    ]);
  });

  test('from lines of JSON, bad ones by their number', () => {
    expect(readAll('ndjson', ['{"a":1,"b":["x","y"]}\n\nnot', ' JSON\n{"a":null}'])).toEqual([
      [1, { a: '1', b: 'x|y' }],
      [3, 'is not valid JSON'],
      [4, { a: '' }],
    ]);
  });
});

test('a cut character is told by its bytes', () => {
  const bytes = utf8('aü中🙂');
  const complete = [0, 1, 3, 6, 10];
  for (let end = 0; end <= bytes.length; end++) {
    const before = Math.max(...complete.filter((boundary) => boundary <= end));
    expect(incompleteUtf8Bytes(bytes.subarray(0, end))).toBe(end - before);
  }
});

/** Line and fields of each row, or line and reason. */
function readAll(format: RowFormat, pieces: readonly string[]): unknown[] {
  let state: ReaderState = beginReading(format);
  const all: unknown[] = [];
  for (const [place, piece] of pieces.entries()) {
    // The state crosses as JSON between parts.
    const read = readRows(JSON.parse(JSON.stringify(state)), piece, place === pieces.length - 1);
    state = read.state;
    for (const row of read.rows) {
      all.push(row.ok ? [row.value.line, row.value.fields] : [row.failure.line, row.failure.reason]);
    }
  }
  return all;
}
