import { describe, expect, test } from 'vitest';
import { readCell } from '../../functions/evaluate/csv-cell.ts';
import { createCsvReader } from '../../functions/evaluate/csv-reader.ts';
import { createNdjsonReader } from '../../functions/evaluate/ndjson-reader.ts';
import { MAX_ROW_CHARACTERS, type RowReader, type RowTaker } from '../../functions/evaluate/row-reader.ts';
import { createTextDecoder } from '../../functions/evaluate/text-chunks.ts';
import { createRandom } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

type Taken = readonly (readonly [line: number, row: object | string])[];

const CSV = [
  '\ufeffname,amount,note',
  'plain,12,x',
  '"quoted, with comma",-0.5,"said ""yes"""',
  '"two\nlines",007,',
  '',
  'å–日本😀,1.0,é',
  'too,few',
  'too,many,fields,here',
  '"text"after,1,2',
  'last,3,z',
].join('\r\n');

const CSV_ROWS: Taken = [
  [2, { name: 'plain', amount: 12, note: 'x' }],
  [3, { name: 'quoted, with comma', amount: -0.5, note: 'said "yes"' }],
  [4, { name: 'two\nlines', amount: '007', note: '' }],
  [7, { name: 'å–日本😀', amount: '1.0', note: 'é' }],
  [8, 'has 2 fields; the header has 3'],
  [9, 'has 4 fields; the header has 3'],
  [10, 'has text after a closing quote'],
  [11, { name: 'last', amount: 3, note: 'z' }],
];

const NDJSON = '\ufeff{"a":1,"b":"å😀"}\r\n\n[1]\n{"a":\n{"a":{"b":2}}\n  \n{"a":3}';
const NDJSON_ROWS: Taken = [
  [1, { a: 1, b: 'å😀' }],
  [3, 'is not an object'],
  [4, 'is not valid JSON'],
  [5, { a: { b: 2 } }],
  [7, { a: 3 }],
];

describe.each([
  ['CSV', createCsvReader, CSV, CSV_ROWS],
  ['NDJSON', createNdjsonReader, NDJSON, NDJSON_ROWS],
] as const)('%s', (_, makeReader, text, expected) => {
  const bytes = utf8(text);

  test('is read whole', () => {
    expect(read(makeReader, [bytes])).toEqual(expected);
  });

  test('is the same cut in two anywhere', () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(read(makeReader, [bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
  });

  test('is the same byte by byte, and in pieces of any sizes', () => {
    expect(
      read(
        makeReader,
        [...bytes].map((byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(expected);
    const random = createRandom(7);
    for (let round = 0; round < 200; round++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + random.below(12);
        pieces.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(read(makeReader, pieces)).toEqual(expected);
    }
  });
});

test('a quote that is never closed costs its line, not the file', () => {
  const rows = read(createCsvReader, [utf8('a,b\n1,2\n"open,3\n4,5\n')]);
  expect(rows).toEqual([
    [2, { a: 1, b: 2 }],
    [3, 'has a quote that is never closed, or is too long'],
    [4, { a: 4, b: 5 }],
  ]);
});

test('a line without end does not fill the memory', () => {
  const endless = 'x'.repeat(MAX_ROW_CHARACTERS + 10);
  const rows = read(createNdjsonReader, [utf8(endless), utf8(endless), utf8('\n{"a":1}')]);
  expect(rows.filter(([, row]) => typeof row === 'string').length).toBeGreaterThan(0);
  expect(rows.at(-1)?.[1]).toEqual({ a: 1 });
  const cells = read(createCsvReader, [utf8(`a,b\n"${endless}`), utf8(endless), utf8('\n1,2')]);
  expect(cells.at(-1)?.[1]).toEqual({ a: 1, b: 2 });
});

test('rows about as long as may be are read the same wherever the file is cut', () => {
  for (let seed = 0; seed < 8; seed++) {
    const random = createRandom(seed);
    const length = () => MAX_ROW_CHARACTERS - 8 + random.below(random.pick([12, 400_000]));
    const cells = Array.from({ length: 6 }, () => {
      const text = 'x'.repeat(length());
      return random.pick([`1,${text}`, `2,"${text}\n3,4"`, `"${text}`, '5,6', '7,""']);
    });
    const csv = utf8(`a,b\n${cells.join('\n')}`);
    const ndjson = utf8(cells.map((cell) => JSON.stringify({ cell })).join('\n'));
    for (const [makeReader, bytes] of [
      [createCsvReader, csv],
      [createNdjsonReader, ndjson],
    ] as const) {
      const whole = read(makeReader, [bytes]);
      for (let round = 0; round < 4; round++) {
        const size = 30_000 + random.below(300_000);
        const count = Math.ceil(bytes.length / size);
        const pieces = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
        // Not by toEqual, which takes long to show texts of such a length.
        expect(JSON.stringify(read(makeReader, pieces)) === JSON.stringify(whole), `seed ${seed}, ${size} bytes`).toBe(
          true,
        );
      }
    }
  }
});

test('a header of several lines is read whole where it comes line by line', () => {
  const rows = read(createCsvReader, ['"a\n', 'b",c\n', '1,2\n'].map(utf8));
  expect(rows).toEqual([[3, { 'a\nb': 1, c: 2 }]]);
});

test.each([';', '\t', '|'])('columns may be parted by %j', (delimiter) => {
  expect(read(createCsvReader, [utf8(`a${delimiter}"b,c"\n1${delimiter}2\n`)])).toEqual([[2, { a: 1, 'b,c': 2 }]]);
});

test('a cell is a number only where JavaScript shows that number so', () => {
  const cells = [
    '0',
    '-0',
    '7',
    '-12',
    '007',
    '1.',
    '.5',
    '0.5',
    '0.50',
    '1.0',
    '1e3',
    '+1',
    '',
    '-',
    ' 1',
    '1 ',
    '0.0',
  ];
  const more = ['123456789012345', '1234567890123456', '0.000001', '0.0000001', '99999999.123', '0x1', 'NaN', '1,5'];
  for (const cell of [...cells, ...more]) {
    const value = readCell(cell, 0, cell.length);
    expect(String(value)).toBe(cell);
    if (typeof value === 'number') expect(Object.is(value, Number(cell))).toBe(true);
  }
  expect(readCell('x,0.25,y', 2, 6)).toBe(0.25);
  const random = createRandom(3);
  for (let i = 0; i < 20_000; i++) {
    const text = String(Number(((random.below(2 ** 31) / 2 ** 31) * 10 ** random.below(9)).toFixed(random.below(7))));
    const value = readCell(text, 0, text.length);
    expect(value).toBe(Number(text));
  }
});

function read(makeReader: (taker: RowTaker) => RowReader, pieces: readonly Uint8Array[]): Taken {
  const taken: [number, object | string][] = [];
  const reader = makeReader({
    header: (columns) => columns.map((column) => [column]),
    row: (row, line) => taken.push([line, { ...row }]),
    unreadable: (line, reason) => taken.push([line, reason]),
  });
  const decoder = createTextDecoder();
  for (const piece of pieces) reader.push(decoder.decode(piece));
  reader.push(decoder.end());
  reader.end();
  return taken;
}
