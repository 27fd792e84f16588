import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { ClassificationState } from '../../shared/metrics/classification/classification-state.ts';
import {
  DEFAULT_CLASSIFICATION_SETTINGS as settings,
  classificationTask as task,
} from '../../shared/metrics/classification/classification-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { evaluated, inParts, shuffled, stateOf } from '../support/evaluate-rows.ts';
import { CLASSES, rowsOf } from '../support/softmax-rows.ts';

const intervals = { ...DEFAULT_INTERVALS, draws: 200 };
const none = { ...DEFAULT_INTERVALS, method: 'none' as const };

describe('a classification', () => {
  test('of six rows has the figures that are worked out by hand', () => {
    const rows = [
      ['cat', 'cat'],
      ['cat', 'dog'],
      ['dog', 'dog'],
      ['dog', 'dog'],
      ['eel', 'cat'],
      ['eel', 'eel'],
    ].map(([label, prediction]) => ({ label, prediction }));
    const { metrics, tables } = evaluated(task, settings, rows, none);
    expect(metrics['accuracy']).toEqual({ value: 4 / 6 });
    expect(metrics['recallMacro']?.value).toBeCloseTo((1 / 2 + 1 + 1 / 2) / 3, 15);
    expect(metrics['precisionMacro']?.value).toBeCloseTo((1 / 2 + 2 / 3 + 1) / 3, 15);
    expect(metrics['cohenKappa']?.value).toBeCloseTo((4 / 6 - 12 / 36) / (1 - 12 / 36), 15);
    expect(metrics['logLoss']).toEqual({ value: null, reason: 'rows have no scores' });
    expect(tables?.['confusion']?.rows).toEqual([
      ['cat', 1, 1, 0],
      ['dog', 0, 2, 0],
      ['eel', 1, 0, 1],
    ]);
  });

  test.each([false, true])('does not depend on the order of rows, nor on parts (weights: %s)', (isWeighted) => {
    const random = seededRandom(21);
    const rows = rowsOf(1_200, random, isWeighted);
    const whole = evaluated(task, settings, rows, intervals);
    const reordered = shuffled(rows, random);
    expect(whole.metrics['rocAucOvrMacro']?.intervalMethod).toBe('delong');
    expect(evaluated(task, settings, reordered, intervals)).toEqual(whole);
    expect(inParts(task, settings, reordered, 5).evaluate(intervals)).toEqual(whole);
  });

  test('in bins keeps within its bound and does not depend on order and parts', () => {
    const random = seededRandom(22);
    const rows = rowsOf(6_000, random);
    const exact = evaluated(task, settings, rows, none).metrics;
    const binned = stateOf(task, settings, rows, 'slice').evaluate(none);
    for (const name of ['rocAucOvrMacro', 'rocAucOvrWeighted', 'rocAucOvoMacro', 'rocAucOvoWeighted']) {
      const [value, bound] = [binned.metrics[name]?.value as number, binned.metrics[name]?.errorBound as number];
      expect(exact[name]?.errorBound).toBeUndefined();
      expect(bound).toBeLessThan(0.1);
      expect(Math.abs(value - (exact[name]?.value as number))).toBeLessThanOrEqual(bound);
      expect(Math.abs(value - (exact[name]?.value as number))).toBeLessThan(0.01);
    }
    expect(inParts(task, settings, shuffled(rows, random), 6, 'slice').evaluate(none)).toEqual(binned);
  });

  test('takes classes that come late as scored 0 before, kept or in bins', () => {
    const random = seededRandom(23);
    const early = rowsOf(5_000, random).map((row) => ({ ...row, scores: { ...row.scores } as Record<string, number> }));
    const late = [
      { label: 'gnu', scores: { gnu: 0.9, cat: 0.1 } as Record<string, number> },
      { label: 'cat', scores: { gnu: 0.4, cat: 0.6 } as Record<string, number> },
    ];
    const spelledOut = [...early, ...late].map(({ label, scores }) => ({ label, scores: { gnu: 0, ...scores } }));
    for (const size of ['whole', 'slice'] as const) {
      const { metrics } = stateOf(task, settings, [...early, ...late], size).evaluate(none);
      const wanted = stateOf(task, settings, spelledOut, size).evaluate(none).metrics;
      for (const name of ['rocAucOvrMacro', 'rocAucOvoMacro', 'accuracy', 'logLoss']) {
        expect(metrics[name]?.value).toBeCloseTo(wanted[name]?.value as number, 12);
      }
      const merged = stateOf(task, settings, late, size);
      merged.merge(stateOf(task, settings, early, size));
      expect(merged.evaluate(none).metrics['rocAucOvoMacro']?.value).toBeCloseTo(
        wanted['rocAucOvoMacro']?.value as number,
        12,
      );
    }
  });

  test('says which classes are never predicted, and counts them 0 in averages', () => {
    const rows = [
      { label: 'cat', prediction: 'cat' },
      { label: 'dog', prediction: 'cat' },
    ];
    const { metrics, warnings } = evaluated(task, settings, rows, none);
    expect(metrics['precisionMacro']?.value).toBe(0.25);
    expect(warnings).toEqual(['"dog" is never predicted: the precision counts 0 in averages.']);
  });

  test('does not read scores as probabilities that do not sum to 1', () => {
    const rows = [
      { label: 'cat', scores: { cat: 2, dog: -1 } },
      { label: 'dog', scores: '{"cat": 0.2, "dog": 0.8}' },
    ];
    const { metrics } = evaluated(task, settings, rows, none);
    expect(metrics['logLoss']?.reason).toBe('the scores of 1 rows are no probabilities that sum to 1');
    expect(metrics['rocAucOvrMacro']?.value).toBe(1);
  });

  test.each([
    [{ prediction: 'cat' }, 'label: expected a class, got nothing'],
    [{ label: 'cat' }, 'prediction: expected a class, or scores by class'],
    [{ label: 'cat', scores: [1] }, 'scores: expected an object of numbers by class, got [1]'],
    [{ label: 'cat', scores: { cat: 'x' } }, 'scores.cat: expected a number, got "x"'],
    [{ label: 'cat', scores: 'cat' }, 'scores: expected an object of numbers by class, got "cat"'],
  ])('names what is wrong with %j', (row, said) => {
    expect(task.start(settings, 'whole').add(row)).toBe(said);
  });

  test('has room for 500 classes and says so of the next', () => {
    const state = task.start(settings, 'whole');
    for (let c = 0; c < 500; c++) expect(state.add({ label: `c${c}`, prediction: `c${c}` })).toBeNull();
    expect(state.add({ label: 'one more', prediction: 'c0' })).toBe('label: there are more than 500 different classes');
    expect(state.evaluate({ ...intervals, draws: 100 }).metrics['accuracy']?.value).toBe(1);
  });

  test('arrays say what rows say', () => {
    const [truths, predictions] = [
      [0, 1, 2, 2, 1],
      [0, 2, 2, 2, 0],
    ];
    const byArrays = new ClassificationState(settings, 'whole');
    byArrays.addArrays(CLASSES, truths as number[], predictions as number[]);
    const rows = (truths as number[]).map((truth, i) => ({
      label: CLASSES[truth] as string,
      prediction: CLASSES[(predictions as number[])[i] as number] as string,
    }));
    expect(byArrays.evaluate(intervals).metrics).toEqual(evaluated(task, settings, rows, intervals).metrics);
  });
});
