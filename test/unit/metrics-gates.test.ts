import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../shared/metrics/evaluation.ts';
import { judge } from '../../shared/metrics/gates/gate.ts';
import { type GateRule, isLowerBetter } from '../../shared/metrics/gates/gate-rule.ts';
import type { Metrics } from '../../shared/metrics/metric.ts';

const of = (metrics: Metrics): Evaluation => ({ metrics, warnings: [] });
const NOW: Evaluation = {
  ...of({
    rocAuc: { value: 0.85, interval: [0.83, 0.87] },
    logLoss: { value: 0.4 },
    precision: { value: null, reason: 'no row is predicted 1' },
  }),
  slices: [
    {
      column: 'country',
      values: [
        { value: 'de', rows: 500, evaluation: of({ rocAuc: { value: 0.9 } }) },
        { value: 'fr', rows: 200, evaluation: of({ rocAuc: { value: 0.7 } }) },
        { value: 'lu', rows: 7, evaluation: of({ rocAuc: { value: 0.2 } }) },
      ],
    },
  ],
};
const BEFORE = of({ rocAuc: { value: 0.8 }, logLoss: { value: 0.5 }, precision: { value: 0.3 } });

const judged = (rule: GateRule, baseline: Evaluation | null = BEFORE) => judge([rule], NOW, baseline);

describe('a gate', () => {
  test.each<[string, GateRule, 'passed' | 'failed', string]>([
    ['a floor', { metric: 'rocAuc', min: 0.85 }, 'passed', 'rocAuc is 0.85, at least 0.85 was asked'],
    ['a floor that is missed', { metric: 'rocAuc', min: 0.86 }, 'failed', 'rocAuc is 0.85, at least 0.86 was asked'],
    ['a ceiling', { metric: 'logLoss', max: 0.4 }, 'passed', 'logLoss is 0.4, at most 0.4 was asked'],
    ['a ceiling that is missed', { metric: 'logLoss', max: 0.39 }, 'failed', 'logLoss is 0.4, at most 0.39 was asked'],
    [
      'a floor of the whole interval',
      { metric: 'rocAuc', min: 0.84, judgedBy: 'interval' },
      'failed',
      'rocAuc is 0.85 (0.83 to 0.87), at least 0.84 was asked of all of it',
    ],
    [
      'an interval that is not there',
      { metric: 'logLoss', max: 1, judgedBy: 'interval' },
      'failed',
      'logLoss has no interval, at most 1 was asked of all of it',
    ],
    [
      'an improvement, to the last digit',
      { metric: 'rocAuc', minChange: 0.05 },
      'passed',
      'rocAuc went from 0.8 to 0.85, which is better by 0.05; an improvement of at least 0.05 was asked',
    ],
    [
      'an improvement downwards',
      { metric: 'logLoss', minRelativeChange: 0.25 },
      'failed',
      'logLoss went from 0.5 to 0.4, which is better by 0.2 of it; an improvement of at least 0.25 of it was asked',
    ],
    [
      'a loss where lower is said to be better',
      { metric: 'rocAuc', minChange: -0.01, better: 'lower' },
      'failed',
      'rocAuc went from 0.8 to 0.85, which is worse by 0.05; a loss of at most 0.01 was asked',
    ],
    [
      'a metric that is null',
      { metric: 'precision', min: 0 },
      'failed',
      'precision has no value (no row is predicted 1), at least 0 was asked',
    ],
    ['a metric that is not there', { metric: 'auc', minChange: 0 }, 'failed', 'there is no metric auc'],
    [
      'slices that are not there',
      { metric: 'rocAuc', slices: [{ column: 'age', min: 0 }] },
      'failed',
      'rocAuc was not evaluated by age',
    ],
  ])('judges %s', (_, rule, outcome, reason) => {
    const { passed, checks } = judged(rule);
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({ outcome, reason });
    expect(passed).toBe(outcome === 'passed');
  });

  test('judges each slice but those with few rows', () => {
    const { passed, checks, summary } = judged({ metric: 'rocAuc', slices: [{ column: 'country', min: 0.75 }] });
    expect(passed).toBe(false);
    expect(checks.map(({ slice, outcome }) => [slice?.value, outcome])).toEqual([
      ['de', 'passed'],
      ['fr', 'failed'],
      ['lu', 'skipped'],
    ]);
    expect(summary).toBe('Failed 1 of 3 checks (1 skipped): rocAuc of country fr is 0.7, at least 0.75 was asked.');
  });

  test('skips changes where nothing is in use yet, and says so', () => {
    const { passed, checks, summary } = judged(
      { metric: 'rocAuc', min: 0.8, minChange: 0.1, minRelativeChange: 0.1 },
      null,
    );
    expect(passed).toBe(true);
    expect(checks.map(({ outcome }) => outcome)).toEqual(['passed', 'skipped', 'skipped']);
    expect(summary).toBe('Passed: 1 of 3 checks hold (2 skipped).');
  });

  test('fails a change against a baseline without the metric', () => {
    expect(judged({ metric: 'rocAuc', minChange: 0 }, of({})).checks[0]?.reason).toBe(
      'there is no metric rocAuc in the baseline',
    );
  });

  test('measures a relative change from 0 as none or without measure', () => {
    const zero = of({ recall: { value: 0 } });
    const rule = { metric: 'recall', minRelativeChange: 0.5 };
    expect(judge([rule], zero, zero).passed).toBe(false);
    expect(judge([rule], of({ recall: { value: 0.1 } }), zero).passed).toBe(true);
  });
});

test('errors, losses and distances are better when lower, whatever follows their names', () => {
  expect(['logLoss', 'gini@10', 'psi:age', 'mse'].every(isLowerBetter)).toBe(true);
  expect(['rocAuc', 'ndcg@10', 'f1', 'recall'].some(isLowerBetter)).toBe(false);
});
