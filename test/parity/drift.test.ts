import { expect, test } from 'vitest';
import { DEFAULT_DRIFT_SETTINGS, driftTask } from '../../shared/metrics/drift/drift-task.ts';
import { DEFAULT_INTERVALS, type Evaluation } from '../../shared/metrics/evaluation.ts';
import {
  deviations,
  type Expected,
  largestDeviation,
  malformed,
  readVectors,
  type Vectors,
} from '../support/compare-metrics.ts';

interface DriftCase {
  readonly kind: 'numeric' | 'categorical';
  readonly bins: number;
  readonly reference: readonly (number | string)[];
  readonly current: readonly (number | string)[];
  readonly expected: Expected;
}

/** Numbers by a rule: how many, and factor, modulus and addend of `i * factor % modulus + addend`. */
type Rule = readonly [count: number, factor: number, modulus: number, addend: number];

interface LargeCase {
  readonly bins: number;
  readonly reference: Rule;
  readonly current: Rule;
  readonly expected: Expected;
}

const TOLERANCE = 1e-10;
/** SciPy's p-value of large samples is that of one sample against a known distribution; ours is the limit's, corrected. */
const LIMIT_TOLERANCE = 1e-4;

function driftOf(reference: readonly unknown[], current: readonly unknown[], bins: number): Evaluation {
  const state = driftTask.start({ ...DEFAULT_DRIFT_SETTINGS, bins }, 'whole');
  for (const cell of reference) state.add({ reference: cell });
  for (const cell of current) state.add({ current: cell });
  return state.evaluate(DEFAULT_INTERVALS);
}

/** Figures of the only feature, named as the oracle names them. */
function named(expected: Expected): Expected {
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [`${name}:value`, value]));
}

test('samples are as far apart as SciPy and the definitions say', () => {
  const { cases } = readVectors<DriftCase>('drift');
  let largest = 0;
  const wrong = cases.flatMap(({ reference, current, bins, expected }, n) => {
    const evaluation = driftOf(reference, current, bins);
    largest = Math.max(largest, largestDeviation(evaluation, named(expected)));
    return [...deviations(evaluation, named(expected), TOLERANCE), ...malformed(evaluation)].map(
      (said) => `case ${n}: ${said}`,
    );
  });
  console.info(`drift: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(700);
  expect(wrong).toEqual([]);
});

test('large samples as well, with the p-value of a limit', () => {
  const { large } = readVectors('drift') as Vectors<never> & { readonly large: readonly LargeCase[] };
  let largest = 0;
  const wrong = large.flatMap(({ reference, current, bins, expected }, n) => {
    const evaluation = driftOf(byRule(reference), byRule(current), bins);
    const { ksPValue, ...others } = expected;
    largest = Math.max(largest, Math.abs((ksPValue ?? 0) - (evaluation.metrics['ksPValue:value']?.value ?? 1)));
    return [
      ...deviations(evaluation, named(others), TOLERANCE),
      ...deviations(evaluation, named({ ksPValue: ksPValue ?? null }), LIMIT_TOLERANCE),
    ].map((said) => `case ${n}: ${said}`);
  });
  console.info(`drift: ${large.length} large cases, largest deviation of a p-value ${largest}`);
  expect(large.length).toBeGreaterThanOrEqual(60);
  expect(wrong).toEqual([]);
});

function byRule([count, factor, modulus, addend]: Rule): number[] {
  return Array.from({ length: count }, (_, i) => ((i * factor) % modulus) + addend);
}
