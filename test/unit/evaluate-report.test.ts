import { describe, expect, test } from 'vitest';
import { renderReport } from '../../functions/evaluate/report.ts';
import type { Result } from '../../functions/evaluate/show.ts';
import { axisOver } from '../../shared/report/axis.ts';
import { escapeMarkup, showNumber } from '../../shared/report/markup.ts';
import { COLOURS, renderPlot } from '../../shared/report/plot.ts';

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
  expect(page).toMatch(
    /<svg[^>]*role="img" aria-labelledby="plot-0-title" aria-describedby="plot-0-desc"><title id="plot-0-title">/,
  );
  expect(page).toContain('none: &#34;&#62;');
});

describe('for who reads by ear or by keyboard', () => {
  const page = renderReport(result);
  const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([match, group]) => group ?? match);

  test('the page has a language, a title, one main part, and headings that skip no level', () => {
    expect(page).toMatch(/^<!doctype html><html lang="en"><head>.*<title>Evaluation: [^<]+<\/title>/s);
    expect(all(/<main>/g)).toHaveLength(1);
    const levels = all(/<h([1-6])>/g).map(Number);
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels.every((level, i) => i === 0 || level <= (levels[i - 1] as number) + 1)).toBe(true);
  });

  test('every table has a caption, headers that say what they are of, and scrolls by keyboard', () => {
    const tables = all(/<div class="scroll".*?<\/table><\/div>/gs);
    expect(tables.length).toBe(all(/<table>/g).length);
    expect(tables.length).toBeGreaterThan(4);
    for (const each of tables) {
      expect(each).toMatch(
        /^<div class="scroll" role="group" aria-label="[^"]+" tabindex="0"><table><caption>[^<]+<\/caption>/,
      );
      expect(each.match(/<th /g)?.length).toBe(each.match(/<th scope="(?:col|row)">/g)?.length);
      const rows = [...each.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) => row as string);
      expect(rows.slice(1).every((row) => row.startsWith('<th scope="row">'))).toBe(true);
    }
  });

  test('every plot has a title, a description with its figures, and a table of its points', () => {
    const figures = all(/<figure>.*?<\/figure>/gs);
    expect(figures.length).toBe(1);
    expect(figures[0]).toMatch(/role="img" aria-labelledby="plot-0-title" aria-describedby="plot-0-desc"/);
    expect(figures[0]).toMatch(/<desc id="plot-0-desc">[^<]*: 0 at 0, 0.8 at 0.5, 1 at 1\./);
    expect(figures[0]).toMatch(/<details><summary>.*<td class="number">0.8<\/td><td class="number">0.7<\/td>/s);
    const ids = all(/ id="([^"]+)"/g);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('what is left empty is said, and colours stand out as WCAG AA wants', () => {
    expect(page).toContain('<span class="unseen">none</span>');
    const colours = Object.fromEntries(
      [...page.matchAll(/--(ink|paper|soft|mark|focus):(#[0-9a-f]{3,6})/g)]
        .slice(0, 5)
        .map(([, name, hex]) => [name, hex]),
    );
    const dark = Object.fromEntries(
      [...page.slice(page.indexOf('prefers-color-scheme')).matchAll(/--(ink|paper|soft|mark|focus):(#[0-9a-f]{3,6})/g)]
        .slice(0, 5)
        .map(([, name, hex]) => [name, hex]),
    );
    for (const { ink, paper, soft, mark, focus } of [colours, dark] as Record<string, string>[]) {
      for (const [a, b] of [
        [ink, paper],
        [ink, soft],
        [mark, paper],
      ])
        expect(contrast(a, b)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(focus, paper)).toBeGreaterThanOrEqual(3);
      for (const colour of COLOURS) expect(contrast(colour, paper)).toBeGreaterThanOrEqual(3);
    }
  });
});

/** Contrast ratio of two colours: WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(a: string | undefined, b: string | undefined): number {
  const luminance = (hex = '') => {
    const digits = hex.length === 4 ? hex.slice(1).replace(/./g, '$&$&') : hex.slice(1);
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
      const share = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

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
