import { describe, expect, test } from 'vitest';
import { axisOver } from '../../functions/evaluate/axis.ts';
import { escapeMarkup, showNumber } from '../../functions/evaluate/markup.ts';
import { renderPlot } from '../../functions/evaluate/plot.ts';
import { renderReport } from '../../functions/evaluate/report.ts';
import type { Result } from '../../functions/evaluate/show.ts';

const NASTY = '"><img src=x onerror=alert(1)>\'&\u0000';
const curve = {
  title: NASTY,
  xLabel: NASTY,
  yLabel: NASTY,
  lines: [
    { name: NASTY, x: [0, 0.5, 1], y: [0, 0.8, 1], band: { lower: [0, 0.7, 1], upper: [0, 0.9, 1] } },
    { name: 'chance', x: [0, 1], y: [0, 1], isReference: true },
  ],
};
const evaluation = {
  summary: [NASTY],
  metrics: {
    [NASTY]: { value: 0.5, interval: [0.4, 0.6] as const, intervalMethod: NASTY },
    auc: { value: null, reason: NASTY },
  },
  tables: {
    t: {
      title: NASTY,
      columns: [NASTY, 'n'],
      rows: [
        [NASTY, 1],
        [null, null],
      ],
    },
  },
  curves: { [NASTY]: curve },
  warnings: [NASTY],
};
const result: Result = {
  task: NASTY,
  evaluation: { ...evaluation, slices: [{ column: NASTY, values: [{ value: NASTY, rows: 3, evaluation }] }] },
  gates: { passed: false, summary: NASTY, checks: [] },
  rows: { read: 3, rejected: 1, firstRejected: [{ line: 2, reason: NASTY, key: NASTY }] },
  columns: { label: NASTY },
  settings: { name: NASTY },
  intervals: { method: 'bootstrap', level: 0.95, seed: 1, draws: 1_000 },
};

test('whatever a text holds, it stays a text in the report', () => {
  const page = renderReport(result);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('\u0000');
  expect(page.match(/<caption>/g)?.length).toBe(page.match(/<table>/g)?.length);
  expect(page).toMatch(/<svg[^>]*role="img" aria-labelledby="plot-0-title plot-0-desc"><title id="plot-0-title">/);
  expect(page).toContain('none: &#34;&#62;');
});

describe('a plot', () => {
  test('has no number that is none, whatever its lines hold', () => {
    const lines = [
      { name: 'a', x: [0, Number.NaN, 2], y: [Number.POSITIVE_INFINITY, 1, 5] },
      { name: 'empty', x: [], y: [] },
      { name: 'one', x: [3], y: [3] },
    ];
    const svg = renderPlot({ title: 't', xLabel: 'x', yLabel: 'y', lines });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(renderPlot({ title: 't', xLabel: 'x', yLabel: 'y', lines: [] })).toContain('</svg>');
  });

  test('puts points where they belong', () => {
    const svg = renderPlot({ title: 't', xLabel: 'x', yLabel: 'y', lines: [{ name: 'a', x: [0, 1], y: [0, 1] }] });
    expect(svg).toContain('d="M72.0 340.0L620.0 20.0"');
  });
});

test.each([
  [
    [0, 1],
    [0, 1, 6],
  ],
  [
    [0.2, 0.9],
    [0, 1, 6],
  ],
  [
    [-3, 40],
    [-10, 40, 6],
  ],
  [
    [5, 5],
    [2, 8, 7],
  ],
  [
    [0, 0],
    [-1, 1, 5],
  ],
  [[], [0, 1, 6]],
])('an axis over %j has round marks', (values, [from, to, marks]) => {
  const axis = axisOver(values);
  expect([axis.from, axis.to, axis.marks.length]).toEqual([from, to, marks]);
});

test.each([
  [0.123456, '0.1235'],
  [12, '12'],
  [64_000, '64\u202f000'],
  [1_234_567.8, '1\u202f234\u202f568'],
  [-0.00001, '-1.00e-5'],
  [0, '0'],
])('%d is shown as %s', (value, text) => {
  expect(showNumber(value)).toBe(text);
});

test('markup is written as references', () => {
  expect(escapeMarkup('<a href="x">&\'')).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;');
});
