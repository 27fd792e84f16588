import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { edgemark } from './support/instance.ts';

const THINGS = 'kettle lamp chair table carpet mirror vase clock'.split(' ');
/** 160 texts of two labels, and one of them once more. */
const LINES = Array.from({ length: 160 }, (_, i) => {
  const [thing, other] = [THINGS[i % 8], THINGS[(i * 5 + 3) % 8]];
  return `${i % 2 === 0 ? 'good' : 'bad'}\tThe ${thing} number ${i * 7919} came with a ${other} of ${i * 31} pounds`;
});

test('a file becomes a dataset, its report and its rows with one command each', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgemark-prepare-'));
  const file = join(folder, 'reviews.tsv');
  writeFileSync(file, [...LINES, LINES[0]?.toUpperCase().replace('GOOD', 'good')].join('\n'));
  const dry = await edgemark('dataset', 'create', 'reviews', file, '--dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('text   ← column 2') });
  const made = await edgemark('dataset', 'create', 'reviews', file);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('160 of 161 rows kept') });
  expect(made.stdout).toContain('1  repeats an earlier row (lines 161)');
  expect((await edgemark('dataset', 'list')).stdout).toContain('reviews  text-classification, 160 rows, 2 labels');
  const page = join(folder, 'report.html');
  expect(await edgemark('dataset', 'show', 'reviews', '--html', page)).toMatchObject({ code: 0 });
  expect(readFileSync(page, 'utf8')).toContain('repeats an earlier row');
  const rows = (await edgemark('dataset', 'show', 'reviews', '--rows', '3', '--split', 'test')).stdout
    .trim()
    .split('\n');
  expect(rows.map((row) => Object.keys(JSON.parse(row)))).toEqual(
    Array.from({ length: 3 }, () => ['id', 'text', 'label']),
  );
  writeFileSync(file, LINES.slice(0, 5).join('\n'));
  const few = await edgemark('dataset', 'create', 'few', file);
  expect(few).toMatchObject({ code: 1, stderr: expect.stringContaining('at least 20 are needed') });
});
