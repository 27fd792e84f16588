import { expect, test } from 'vitest';
import { createNdjsonReader } from '../../functions/evaluate/ndjson-reader.ts';
import type { RowTaker } from '../../functions/evaluate/row-reader.ts';
import { RowShape } from '../../functions/evaluate/row-shape.ts';
import { createRandom, type Random } from '../support/random.ts';

const NUMBERS = [
  '0',
  '-0',
  '12',
  '0.5',
  '-3.25',
  '0.1',
  '123456789012345',
  '1234567890123456789',
  '0.30000000000000004',
];
const RARE_NUMBERS = [
  '1e3',
  '1E-7',
  '2.5e+10',
  '0.000000000000001',
  '4.35',
  '9007199254740993',
  '1.7976931348623157e308',
];
const TEXTS = [
  '"a"',
  '""',
  '"class 7"',
  '"é😀"',
  '"a,b}"',
  '"{"',
  '"\\u0041"',
  '"say \\"x\\""',
  '"\u2028"',
  '"\ufffd"',
];
const OTHERS = ['true', 'null', '[1,2]', '{"x":1}', '{}', '{"x":{"y":1}}', '{"x":1,"x":2}', '{"__proto__":1}'];
const BROKEN = [
  '01',
  '+1',
  '.5',
  '1.',
  '0x10',
  'Infinity',
  'NaN',
  '1_0',
  '--1',
  '"open',
  '"tab\there"',
  '',
  '1 2',
  '-',
  '1e',
];
const SPACES = ['', '', '', ' ', '\t'];

/** Lines of few shapes, with what does not belong there in between. */
function lineOf(random: Random): string {
  const kinds = [NUMBERS, NUMBERS, TEXTS, TEXTS, RARE_NUMBERS, OTHERS];
  const plain = () => random.pick(random.below(40) === 0 ? BROKEN : random.pick(kinds));
  const space = random.pick(SPACES);
  const inner = random.pick(['"a":1,"b":', '"b":', '"2":0.5,"1":']);
  const value = () => (random.below(3) === 0 ? `{${inner}${plain()}}` : plain());
  const names = random.pick([
    ['label', 'score'],
    ['label', 'score'],
    ['score'],
    ['label', 'label'],
    ['__proto__', 'x'],
    ['1', '0'],
  ]);
  const pairs = names.map((name) => `"${name}":${space}${value()}`);
  const line = `{${space}${pairs.join(`,${space}`)}${space}}`;
  return random.pick([
    line,
    line,
    line,
    line,
    `${line}\r`,
    `${line}}`,
    `${line},{}`,
    line.slice(1),
    ` ${line}`,
    '',
    '[]',
  ]);
}

/** Rows and unreadable lines as they come, by line. */
function recorder(): { readonly taker: RowTaker; readonly seen: unknown[] } {
  const seen: unknown[] = [];
  return {
    seen,
    taker: {
      header: () => [],
      row: (row, line) => seen.push([line, JSON.stringify(row)]),
      unreadable: (line, reason) => seen.push([line, reason]),
    },
  };
}

/** What JSON.parse alone would say of each line. */
function parsedAlone(lines: readonly string[]): unknown[] {
  return lines.flatMap((text, place) => {
    if (text.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(text);
      const isRow = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[place + 1, isRow ? JSON.stringify(value) : 'is not an object']];
    } catch {
      return [[place + 1, 'is not valid JSON']];
    }
  });
}

test('lines read by their shape are what JSON.parse says of each, wherever the text is cut', () => {
  for (let seed = 0; seed < 400; seed++) {
    const random = createRandom(seed);
    const lines = Array.from({ length: 60 }, () => lineOf(random));
    const text = lines.join('\n');
    const { taker, seen } = recorder();
    const reader = createNdjsonReader(taker);
    for (let at = 0; at < text.length; ) {
      const end = at + 1 + random.below(300);
      reader.push(text.slice(at, end));
      at = end;
    }
    reader.end();
    expect(seen, `seed ${seed}`).toEqual(parsedAlone(lines));
  }
});

test('numbers are the doubles that JSON.parse gives', () => {
  const random = createRandom(7);
  const shape = RowShape.of('{"x":1}') as RowShape;
  for (let n = 0; n < 20_000; n++) {
    const digits = Array.from({ length: 1 + random.below(18) }, () => random.below(10))
      .join('')
      .replace(/^0+(?=\d)/, '');
    const decimals = Array.from({ length: random.below(20) }, () => random.below(10)).join('');
    const text = `${random.pick(['', '-'])}${digits}${decimals === '' ? '' : `.${decimals}`}`;
    expect(shape.read(`{"x":${text}}\n`, 0)).toBe(text.length + 6);
    expect(Object.is(shape.row['x'], JSON.parse(text)), text).toBe(true);
  }
});

test('a line of another shape is left to the general parser', () => {
  const shape = RowShape.of('{"label": 1, "score": 0.5}') as RowShape;
  expect(shape.read('{"label": "b", "score": 2}\n', 0)).toBe(26);
  expect(shape.row).toEqual({ label: 'b', score: 2 });
  for (const line of [
    '{"label":1,"score":0.5}\n',
    '{"label": 1, "score": 0.5}',
    '{"label": 1, "score": 0.5} \n',
    '{"label": 1, "score": 1e3}\n',
    '{"label": 01, "score": 1}\n',
    '{"label": "a\\n", "score": 1}\n',
    '{"label": 1}\n',
  ]) {
    expect(shape.read(line, 0), line).toBe(-1);
  }
  for (const line of [
    '{}',
    '{"a":[1]}',
    '{"a":1,"a":2}',
    '{"__proto__":1}',
    '{"a":true}',
    '{"a":{}}',
    '{"a":{"b":[1]}}',
    '{"a":{"b":{"c":1}}}',
    '{"a":{"b":1,"b":2}}',
    '{"a":{"b":1}',
    '{"a\\n":1}',
    '[1]',
    '{"a":1}}',
  ])
    expect(RowShape.of(line), line).toBeNull();
});

test('objects within a row are read by their shape as well', () => {
  const shape = RowShape.of('{"label": "a", "scores": {"a": 0.9, "b": 0.1}, "weight": 1}') as RowShape;
  const line = '{"label": "b", "scores": {"a": 0.25, "b": 0.75}, "weight": 2}\n';
  expect(shape.read(line, 0)).toBe(line.length - 1);
  expect(shape.row).toEqual({ label: 'b', scores: { a: 0.25, b: 0.75 }, weight: 2 });
  expect(shape.read('{"label": "b", "scores": {"b": 0.25, "a": 0.75}, "weight": 2}\n', 0)).toBe(-1);
  expect(shape.read('{"label": "b", "scores": {"a": 0.25, "b": 0.75, "weight": 2}}\n', 0)).toBe(-1);
});
