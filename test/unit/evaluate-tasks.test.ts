import { describe, expect, test } from 'vitest';
import { mapColumns } from '../../functions/evaluate/columns.ts';
import { bindTask, TASK_NAMES } from '../../functions/evaluate/tasks.ts';
import { DEFAULT_BINARY_CLASSIFICATION_SETTINGS } from '../../shared/metrics/classification/binary-classification-task.ts';
import { DEFAULT_CLASSIFICATION_SETTINGS } from '../../shared/metrics/classification/classification-task.ts';
import { DEFAULT_MULTILABEL_SETTINGS } from '../../shared/metrics/classification/multilabel-task.ts';
import { DEFAULT_COMPARISON_SETTINGS } from '../../shared/metrics/comparison/comparison-task.ts';
import { DEFAULT_DRIFT_SETTINGS } from '../../shared/metrics/drift/settings.ts';
import { DEFAULT_AB_TEST_SETTINGS } from '../../shared/metrics/marketing/ab-test-task.ts';
import { DEFAULT_ATTRIBUTION_TASK_SETTINGS } from '../../shared/metrics/marketing/attribution-task.ts';
import { DEFAULT_CAMPAIGN_SETTINGS } from '../../shared/metrics/marketing/campaign-settings.ts';
import { DEFAULT_UPLIFT_SETTINGS } from '../../shared/metrics/marketing/uplift-task.ts';
import { DEFAULT_RANKING_SETTINGS } from '../../shared/metrics/ranking/settings.ts';
import { DEFAULT_REGRESSION_SETTINGS } from '../../shared/metrics/regression/regression-task.ts';

test.each([
  ['binary-classification', DEFAULT_BINARY_CLASSIFICATION_SETTINGS],
  ['classification', DEFAULT_CLASSIFICATION_SETTINGS],
  ['regression', DEFAULT_REGRESSION_SETTINGS],
  ['ranking', DEFAULT_RANKING_SETTINGS],
  ['campaign', DEFAULT_CAMPAIGN_SETTINGS],
  ['uplift', DEFAULT_UPLIFT_SETTINGS],
  ['comparison', DEFAULT_COMPARISON_SETTINGS],
  ['multilabel', DEFAULT_MULTILABEL_SETTINGS],
  ['ab-test', DEFAULT_AB_TEST_SETTINGS],
  ['drift', DEFAULT_DRIFT_SETTINGS],
  ['attribution', DEFAULT_ATTRIBUTION_TASK_SETTINGS],
])('where nothing is said, %s has the settings that it documents', (name, defaults) => {
  const bound = bindTask(name, {}, []);
  expect(bound.ok && bound.value.settings).toEqual(defaults);
});

test('every task takes slices and goes on from what it saved', () => {
  for (const name of TASK_NAMES) {
    const bound = bindTask(name, {}, ['country']);
    if (!bound.ok) throw new Error(name);
    const intervals = { method: 'none', level: 0.95, seed: 1, draws: 100 } as const;
    const state = bound.value.start();
    const restored = bound.value.restore(structuredClone(state.save()));
    expect(restored.evaluate(intervals)).toEqual(state.evaluate(intervals));
  }
});

describe('columns', () => {
  const column = (name: string, isRequired: boolean, ...aliases: string[]) => ({
    name,
    isRequired,
    aliases,
    description: `the ${name}.`,
  });
  const specs = [column('label', true, 'ytrue', 'y'), column('score', true, 'p', 'y'), column('weight', false, 'w')];
  const map = (present: string[], said = {}) => {
    const mapped = mapColumns(specs, present, said);
    return mapped.ok ? mapped.value : mapped.failure.detail;
  };

  test('are found by name, by name without signs, and by alias, the better alias first', () => {
    expect(map(['score', 'label'])).toEqual({ label: 'label', score: 'score' });
    expect(map(['S-core', 'LABEL', 'W'])).toEqual({ label: 'LABEL', score: 'S-core', weight: 'W' });
    expect(map(['y', 'y_true', 'p'])).toEqual({ label: 'y_true', score: 'p' });
    expect(map(['y', 'y_true'])).toEqual({ label: 'y_true', score: 'y' });
  });

  test('go to one name each, and what is said goes before what is guessed', () => {
    expect(map(['label', 'score', 'w'], { label: 'w' })).toEqual({ label: 'w', score: 'score' });
    expect(map(['y', 'label'], { score: 'y' })).toEqual({ label: 'label', score: 'y' });
    expect(map(['y'])).toMatch(/^columns\.score: .*there are "y"$/);
  });
});
