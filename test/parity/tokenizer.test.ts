import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTokenizer } from '../../shared/model/tokenizer.ts';
import { encodeInPython, pythonMissing } from '../support/python-tokenizers.ts';
import { realLines } from '../support/real-lines.ts';
import { STARTERS, starterNames } from '../support/starter-packs.ts';
import { strangeLines } from '../support/strange-lines.ts';

const LINES_PER_FILE = 700;
const LEAST_REAL_LINES = 5000;

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = pythonMissing() ?? (dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null);

if (missing !== null) console.log(`Comparison with Python's tokenizers is skipped: ${missing}.`);

describe.each(starterNames('text-classification'))('the tokenizer of %s', (name) => {
  const path = `${STARTERS}${name}/tokenizer.json`;

  test('gives the ids of Python’s tokenizers for lines that are hard to agree on', (context) => {
    const reason = pythonMissing();
    if (reason !== null) context.skip(reason);
    expectSameIds(path, strangeLines(1000));
  });

  test('gives the ids of Python’s tokenizers for at least 5,000 real lines', (context) => {
    if (missing !== null) context.skip(missing);
    const lines = realLines(dataFolder, LINES_PER_FILE);
    expect(lines.length).toBeGreaterThanOrEqual(LEAST_REAL_LINES);
    // Very long texts: reviews strung together.
    const long = Array.from({ length: 20 }, (_, i) => lines.slice(i * 200, (i + 1) * 200).join(' '));
    expectSameIds(path, [...lines, ...long]);
  });
});

function expectSameIds(path: string, lines: readonly string[]): void {
  const tokenizer = createTokenizer(readFileSync(path));
  const wanted = encodeInPython(path, lines);
  expect(wanted.length).toBe(lines.length);
  const different = lines.flatMap((line, index) => {
    const { ids } = tokenizer.encode(line, Number.MAX_SAFE_INTEGER);
    return ids.join() === wanted[index]?.join() ? [] : [{ line, ids: ids.join(), wanted: wanted[index]?.join() }];
  });
  expect(different.slice(0, 3)).toEqual([]);
}
