import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../shared/metrics/evaluation.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { abTestTask, DEFAULT_AB_TEST_SETTINGS } from '../../shared/metrics/marketing/ab-test-task.ts';
import { campaignTask, DEFAULT_CAMPAIGN_SETTINGS } from '../../shared/metrics/marketing/campaign-task.ts';
import { DEFAULT_UPLIFT_SETTINGS, upliftTask } from '../../shared/metrics/marketing/uplift-task.ts';
import type { RowRecord, Task } from '../../shared/metrics/task.ts';

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null;
if (missing) console.warn(`Skipped: campaigns on real data, as ${missing}.`);

type Line = Readonly<Record<string, string>>;

function linesOf(path: string): readonly Line[] {
  return Papa.parse<Line>(readFileSync(join(dataFolder, path), 'utf8'), { header: true, skipEmptyLines: true }).data;
}

function evaluate<Settings>(task: Task<Settings>, settings: Settings, rows: readonly RowRecord[]): Evaluation {
  const state = task.start(settings, 'whole');
  for (const row of rows) expect(state.add(row)).toBeNull();
  return state.evaluate(DEFAULT_INTERVALS);
}

describe.skipIf(missing !== null)('hillstrom, 64,000 customers', () => {
  const lines = missing === null ? linesOf('marketing/hillstrom/hillstrom.csv') : [];

  test('visits: 7.66 points more by the mail for men, 4.52 by the one for women', () => {
    const rows = lines.map((line) => ({ arm: line['segment'], outcome: line['visit'], covariate: line['history'] }));
    const { metrics, warnings } = evaluate(abTestTask, DEFAULT_AB_TEST_SETTINGS, rows);
    expect(metrics['difference:Mens E-Mail']?.value).toBeCloseTo(0.07659, 5);
    expect(metrics['difference:Womens E-Mail']?.value).toBeCloseTo(0.045233, 6);
    expect(metrics['holmPValue:Womens E-Mail']?.value).toBeLessThan(1e-40);
    expect(warnings).toEqual([]);
  });

  test('sales and revenue, and the sentence', () => {
    const rows = lines.map((line) => ({
      arm: line['segment'],
      converted: line['conversion'],
      revenue: line['spend'],
      segment: line['channel'],
    }));
    const { metrics, summary, tables } = evaluate(
      campaignTask,
      { ...DEFAULT_CAMPAIGN_SETTINGS, costPerCustomer: 0.1 },
      rows,
    );
    expect(metrics['conversionsPer1000:Mens E-Mail']?.value).toBeCloseTo(6.805, 3);
    expect(metrics['conversionsPer1000:Womens E-Mail']?.value).toBeCloseTo(3.111, 3);
    expect(metrics['revenuePer1000:Mens E-Mail']?.value).toBeCloseTo(769.827, 3);
    expect(metrics['revenuePer1000:Womens E-Mail']?.value).toBeCloseTo(424.412, 3);
    // Standard error 0.130333 a customer, by NumPy.
    const [low = 0, high = 0] = metrics['revenuePer1000:Womens E-Mail']?.interval ?? [];
    expect((high - low) / 2 / 1.96 / 130.333).toBeCloseTo(1, 4);
    expect(summary?.[0]).toBe('"Mens E-Mail" sold 6.81 more per 1,000 customers (95 %: 5.01 to 8.64): worth its cost.');
    expect(tables?.['segments']?.rows).toHaveLength(6);
  });

  test('what customers spent before, as a score of uplift: Qini and AUUC are those of scikit-uplift', () => {
    const rows = lines
      .filter((line) => line['segment'] !== 'Womens E-Mail')
      .map((line) => ({
        treatment: line['segment'] === 'Mens E-Mail' ? 1 : 0,
        outcome: line['visit'],
        score: line['history'],
      }));
    const { metrics } = evaluate(upliftTask, DEFAULT_UPLIFT_SETTINGS, rows);
    expect(metrics['averageEffect']?.value).toBeCloseTo(0.07659, 5);
    expect(metrics['qini']?.value).toBeCloseTo(QINI_OF_HISTORY, 9);
    expect(metrics['auuc']?.value).toBeCloseTo(AUUC_OF_HISTORY, 9);
  }, 60_000);
});

/** By scikit-uplift 0.5.1 on the same rows. */
const QINI_OF_HISTORY = 0.01843340125952005;
const AUUC_OF_HISTORY = 0.00957842383880911;

describe.skipIf(missing !== null)('cookie-cats, 90,189 players', () => {
  test('19.02 of 100 players stay with the gate at 30, 18.20 with that at 40', () => {
    const rows = linesOf('marketing/cookie-cats/cookie_cats.csv').map((line) => ({
      arm: line['version'],
      outcome: line['retention_7'],
    }));
    const { metrics, tables, summary } = evaluate(
      abTestTask,
      { ...DEFAULT_AB_TEST_SETTINGS, control: 'gate_30' },
      rows,
    );
    const rates = tables?.['arms']?.rows.map(([arm, count, mean]) => [arm, count, (100 * Number(mean)).toFixed(2)]);
    expect(rates).toEqual([
      ['gate_30', 44_700, '19.02'],
      ['gate_40', 45_489, '18.20'],
    ]);
    expect(metrics['difference']?.value).toBeCloseTo(-0.0082, 4);
    expect(metrics['pValue']?.value).toBeCloseTo(PVALUE_OF_GATES, 9);
    expect(summary?.[0]).toMatch(/^"gate_40" is 0\.0082 below "gate_30" .*: a real difference\.$/);
  });
});

/** By statsmodels 0.15.0, `proportions_ztest`. */
const PVALUE_OF_GATES = 0.001554249975614329;
