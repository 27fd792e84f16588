import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { createCsvReader } from '../../functions/evaluate/csv-reader.ts';
import { resultOf } from '../../functions/evaluate/evaluate.ts';
import { createGatherer, type Gathered } from '../../functions/evaluate/gather-rows.ts';
import { type BoundTask, bindTask } from '../../functions/evaluate/tasks.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import type { Metrics } from '../../shared/metrics/metric.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { deviations, type Expected, malformed, readVectors, type Vectors } from '../support/compare-metrics.ts';

/** A model of a set and what scikit-learn and fairlearn say of it. */
interface RealCase {
  readonly name: string;
  readonly label: string;
  readonly threshold: number;
  readonly rows: number;
  readonly positives: number;
  readonly intercept: number;
  /** `equals`: 1 where the column has that text, else 0. */
  readonly terms: readonly { readonly column: string; readonly equals?: string; readonly weight: number }[];
  readonly expected: Expected;
  readonly calibration: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly slices: Readonly<Record<string, Readonly<Record<string, { rows: number; expected: Expected }>>>>;
  readonly fairness: Readonly<Record<string, Expected>>;
}

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null;
if (missing) console.warn(`Skipped: models on real customers, as ${missing}.`);

const vectors = readVectors<RealCase>('real') as Vectors<RealCase> & { readonly charges: Expected };

function textOf(name: string): string {
  const file = (path: string) => readFileSync(join(dataFolder, 'marketing', name, path));
  if (name === 'online-shoppers') return file('online_shoppers_intention.csv').toString('utf8');
  if (name === 'telco-churn') return file('Telco-Customer-Churn.csv').toString('utf8');
  const wanted = 'bank-additional/bank-additional-full.csv';
  const files = unzipSync(file('bank-additional.zip'), { filter: (entry) => entry.name === wanted });
  return strFromU8(files[wanted] as Uint8Array);
}

/** Reads a file as the function does, with columns that are worked out of the raw ones beside them. */
function gatherWith(
  text: string,
  task: BoundTask,
  options: { columns: Readonly<Record<string, string>>; slices: readonly string[] },
  derived: Readonly<Record<string, (row: RowRecord) => string | number>>,
): Gathered {
  const gatherer = createGatherer(task, { maxRejected: 1_000, ...options });
  const added = Object.entries(derived);
  let names: readonly (readonly string[])[] = [];
  let all: readonly string[] = [];
  const reader = createCsvReader({
    header(columns) {
      all = [...columns, ...added.map(([name]) => name)];
      names = gatherer.header(all);
      return columns.map((column) => [column]);
    },
    row(row, line) {
      const whole: Record<string, unknown> = { ...row };
      for (const [name, of] of added) whole[name] = of(row);
      gatherer.row(
        Object.fromEntries(all.flatMap((column, i) => (names[i] ?? []).map((name) => [name, whole[column]]))),
        line,
      );
    },
    unreadable: (line, reason) => gatherer.unreadable(line, reason),
  });
  // In pieces, as a file streams in.
  for (let at = 0; at < text.length; at += 65_536) reader.push(text.slice(at, at + 65_536));
  reader.end();
  return gatherer.finish();
}

function scoreOf({ intercept, terms }: RealCase): (row: RowRecord) => number {
  return (row) => {
    let total = intercept;
    for (const { column, equals, weight } of terms) {
      const cell = row[column];
      // A blank is 0, as JavaScript has it.
      total += weight * (equals === undefined ? Number(cell) : Number(String(cell) === equals));
    }
    return Math.floor((1 / (1 + Math.exp(-total))) * 1e6 + 0.5) / 1e6;
  };
}

function ageBand(row: RowRecord): string {
  const age = Number(row['age']);
  return age < 30 ? 'under 30' : age < 45 ? '30 to 44' : age < 60 ? '45 to 59' : '60 and over';
}

function bound(name: string, settings: unknown, slices: readonly string[]): BoundTask {
  const found = bindTask(name, settings, slices);
  if (!found.ok) throw new Error(found.failure.detail);
  return found.value;
}

/** Areas of slices may come from bins: within the bound that they tell. */
function beyondBounds(metrics: Metrics, expected: Expected): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const { value, errorBound = 0 } = metrics[name] ?? { value: null };
    return value !== null && Math.abs(value - (wanted as number)) <= errorBound + 1e-9
      ? []
      : [`${name}: ${value} instead of ${wanted}`];
  });
}

describe.skipIf(missing !== null).each(vectors.cases)('$name', (each) => {
  const { name, label, threshold, expected, calibration } = each;
  const slices = Object.keys(each.slices);
  const task = bound('binary-classification', { threshold }, slices);
  // The bank's y and a column called score are guessed; Revenue and Churn have to be named.
  const columns = label === 'y' ? {} : { label };
  const derived = { score: scoreOf(each), ...(slices.includes('ageBand') ? { ageBand } : {}) };
  const gathered = missing === null ? gatherWith(textOf(name), task, { columns, slices }, derived) : null;
  const wishes = { intervals: DEFAULT_INTERVALS, fairness: { columns: slices, leastRows: 30 } };
  const result = gathered && resultOf(task, wishes, gathered);

  test('all rows are read, and the columns understood', () => {
    expect(result?.rows).toEqual({ read: each.rows, rejected: 0, firstRejected: [] });
    expect(result?.columns).toEqual({ label, score: 'score' });
    expect(result?.evaluation.metrics['prevalence']?.value).toBeCloseTo(each.positives / each.rows, 12);
  });

  test('figures, calibration and slices are those of scikit-learn', () => {
    if (!result) throw new Error('no data');
    const { evaluation } = result;
    expect(deviations(evaluation, expected, 1e-9)).toEqual([]);
    expect(malformed(evaluation)).toEqual([]);
    const [line] = evaluation.curves?.['calibration']?.lines ?? [];
    for (const axis of ['x', 'y'] as const) {
      expect(line?.[axis].map((value) => value.toFixed(10))).toEqual(
        calibration[axis].map((value) => value.toFixed(10)),
      );
    }
    for (const { column, values } of evaluation.slices ?? []) {
      const wanted = each.slices[column] ?? {};
      expect(values.map(({ value }) => value).sort()).toEqual(Object.keys(wanted).sort());
      for (const { value, rows, evaluation: found } of values) {
        expect(rows).toBe(wanted[value]?.rows);
        expect(beyondBounds(found.metrics, wanted[value]?.expected ?? {})).toEqual([]);
      }
    }
  });

  test('groups are treated as evenly as fairlearn says', () => {
    if (!result) throw new Error('no data');
    for (const [column, of] of Object.entries(each.fairness)) {
      const named = Object.fromEntries(Object.entries(of).map(([figure, value]) => [`${figure}:${column}`, value]));
      expect(deviations(result.evaluation, named, 1e-9)).toEqual([]);
    }
  });

  test('gates pass and fail where those figures say, the weakest slice and the interval among them', () => {
    if (!gathered) throw new Error('no data');
    const area = expected['rocAuc'] as number;
    const column = slices[0] as string;
    const recalls = Object.values(each.slices[column] ?? {}).map((slice) => slice.expected['recall'] as number);
    const weakest = Math.min(...recalls);
    const rules = [
      { metric: 'rocAuc', min: area - 0.001 },
      { metric: 'rocAuc', min: area - 0.001, judgedBy: 'interval' as const },
      { metric: 'logLoss', max: (expected['logLoss'] as number) - 0.001 },
      { metric: 'rocAuc', minChange: 0.01 },
      { metric: 'recall', slices: [{ column, min: weakest - 1e-6 }] },
      { metric: 'recall', slices: [{ column, min: weakest + 1e-6 }] },
    ];
    const { gates } = resultOf(task, { ...wishes, gates: { rules, baseline: { rocAuc: area - 0.02 } } }, gathered);
    const outcomes = gates?.checks.map(({ outcome }) => outcome) ?? [];
    const groups = recalls.length;
    expect(outcomes.slice(0, 4)).toEqual(['passed', 'failed', 'failed', 'passed']);
    expect(outcomes.slice(4, 4 + groups).every((outcome) => outcome === 'passed')).toBe(true);
    expect(outcomes.slice(4 + groups).filter((outcome) => outcome === 'failed')).toHaveLength(1);
    expect(gates?.passed).toBe(false);
  });
});

describe.skipIf(missing !== null)('telco-churn', () => {
  test('eleven blank charges are rejected and named, the others add up as scikit-learn says', () => {
    const predicted = (row: RowRecord) => Number(row['tenure']) * Number(row['MonthlyCharges']);
    const columns = { actual: 'TotalCharges' };
    const task = bound('regression', {}, []);
    const gathered = gatherWith(textOf('telco-churn'), task, { columns, slices: [] }, { predicted });
    const { evaluation, rows } = resultOf(task, { intervals: DEFAULT_INTERVALS }, gathered);
    expect(rows).toMatchObject({ read: 7_043, rejected: 11 });
    expect(rows.firstRejected[0]).toEqual({
      line: 490,
      reason: 'actual: expected a number of at most 1e10 in size, got " "',
    });
    expect(deviations(evaluation, vectors.charges, 1e-9)).toEqual([]);
  });
});
