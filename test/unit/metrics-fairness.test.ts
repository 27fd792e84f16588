import { describe, expect, test } from 'vitest';
import { drawBinomial } from '../../shared/core/draw-binomial.ts';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import {
  binaryClassificationTask,
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
} from '../../shared/metrics/classification/binary-classification-task.ts';
import {
  DEFAULT_INTERVALS,
  type Evaluation,
  type IntervalOptions,
  type SliceColumn,
} from '../../shared/metrics/evaluation.ts';
import { fairnessOf } from '../../shared/metrics/fairness/fairness.ts';
import { differenceInterval, ratioInterval, trialsOf } from '../../shared/metrics/fairness/group-rates.ts';
import { withFairness } from '../../shared/metrics/fairness/with-fairness.ts';
import { judge } from '../../shared/metrics/gates/gate.ts';
import type { Interval } from '../../shared/metrics/metric.ts';
import { shareInterval } from '../../shared/metrics/share-interval.ts';
import { slicedTask } from '../../shared/metrics/slices/sliced-task.ts';
import { malformed } from '../support/compare-metrics.ts';

const ANALYTIC: IntervalOptions = { ...DEFAULT_INTERVALS, method: 'analytic' };
const task = slicedTask(binaryClassificationTask, ['sex']);

/** `rows` of one group: how many are labelled 1 and selected, labelled 1 and not, labelled 0 and selected, neither. */
type Group = readonly [sex: string | null, rows: readonly [number, number, number, number]];

function fairness(groups: readonly Group[], intervals = ANALYTIC) {
  return fairnessOf(sliced(groups, intervals).slices?.[0] as SliceColumn, intervals);
}

function sliced(groups: readonly Group[], intervals: IntervalOptions): Evaluation {
  const state = task.start(DEFAULT_BINARY_CLASSIFICATION_SETTINGS, 'whole');
  for (const [sex, counts] of groups) {
    counts.forEach((count, kind) => {
      for (let i = 0; i < count; i++) state.add({ sex, label: kind < 2 ? 1 : 0, score: kind % 2 === 0 ? 1 : 0 });
    });
  }
  return state.evaluate(intervals);
}

describe('fairness', () => {
  const EVEN: readonly Group[] = [
    ['f', [40, 60, 20, 380]],
    ['m', [120, 80, 80, 720]],
  ];

  test('has known answers with intervals, and a sentence', () => {
    const { metrics, summary, warnings } = fairness(EVEN);
    expect(metrics['demographicParityDifference']?.value).toBeCloseTo(0.08, 12);
    expect(metrics['demographicParityRatio']?.value).toBeCloseTo(0.6, 12);
    expect(metrics['equalOpportunityDifference']?.value).toBeCloseTo(0.2, 12);
    expect(metrics['equalizedOddsDifference']?.value).toBeCloseTo(0.2, 12);
    expect(metrics['predictiveParityDifference']?.value).toBeCloseTo(40 / 60 - 120 / 200, 12);
    // Newcombe's interval of 60 / 500 against 200 / 1,000, from SciPy's score intervals of both.
    expect(metrics['demographicParityDifference']?.interval?.[0]).toBeCloseTo(0.0406905, 6);
    expect(metrics['demographicParityDifference']?.interval?.[1]).toBeCloseTo(0.1164477, 6);
    expect(summary).toEqual([
      'By sex, from 12.0 % (f) to 20.0 % (m) are selected: 8.0 points apart (95 %: 4.1 to 11.6).',
    ]);
    expect(warnings).toEqual(["Group f is selected at 60.0 % of the most selected group's rate, below four fifths."]);
  });

  test('is judged by gates as any figure', () => {
    const evaluation = withFairness(sliced(EVEN, ANALYTIC), ANALYTIC);
    expect(evaluation.tables?.['fairness:sex']?.rows.map(([group]) => group)).toEqual(['m', 'f']);
    const { checks } = judge([{ metric: 'demographicParityDifference:sex', max: 0.05 }], evaluation, null);
    expect(checks[0]?.reason).toBe('demographicParityDifference:sex is 0.08, at most 0.05 was asked');
    expect(
      withFairness(sliced(EVEN, ANALYTIC), ANALYTIC, ['age']).metrics['demographicParityDifference:sex'],
    ).toBeUndefined();
  });

  test('is even where groups are treated alike', () => {
    const { metrics } = fairness([
      ['f', [4, 6, 2, 38]],
      ['m', [40, 60, 20, 380]],
    ]);
    for (const [name, { value, interval }] of Object.entries(metrics)) {
      expect(value, name).toBeCloseTo(name.endsWith('Ratio') ? 1 : 0, 12);
      expect(interval, name).toBeDefined();
    }
  });

  test('warns of small groups, of rates that are not there and of rows of no group', () => {
    const { metrics, warnings } = fairness([
      ...EVEN,
      ['x', [1, 1, 1, 1]],
      ['none of label 1', [0, 0, 20, 80]],
      [null, [1, 2, 3, 4]],
    ]);
    expect([...warnings].sort()).toEqual(
      [
        '10 rows are of no group of sex (no value, or one of too many): they are left out.',
        'Group none of label 1 has no recall: it is not compared by that.',
        'Group x has only 4 rows: its rates are uncertain.',
        "Group f is selected at 24.0 % of the most selected group's rate, below four fifths.",
        "Group m is selected at 40.0 % of the most selected group's rate, below four fifths.",
        "Group none of label 1 is selected at 40.0 % of the most selected group's rate, below four fifths.",
      ].sort(),
    );
    expect(metrics['equalOpportunityDifference']?.value).toBeCloseTo(0.2, 12);
  });

  test('of one group, of nobody selected, of no rows has no figure that is no number', () => {
    for (const groups of [
      [],
      EVEN.slice(0, 1),
      [
        ['f', [0, 3, 0, 3]],
        ['m', [0, 5, 0, 5]],
      ],
    ] as readonly (readonly Group[])[]) {
      for (const method of ['none', 'analytic'] as const) {
        expect(malformed(fairness(groups, { ...ANALYTIC, method }))).toEqual([]);
      }
    }
    expect(fairness(EVEN.slice(0, 1)).summary).toEqual(['There are no two groups of sex to compare.']);
  });
});

test("the trials behind a share are read from Wilson's interval", () => {
  const random = seededRandom(3);
  for (let i = 0; i < 2_000; i++) {
    const trials = Math.exp(random.next() * 16);
    const share = i % 10 === 0 ? (i % 20 === 0 ? 0 : 1) : random.next();
    const level = 0.5 + random.next() * 0.49;
    const read = trialsOf({ value: share, interval: shareInterval(share, trials, level) }, level);
    expect(Math.abs((read ?? 0) / trials - 1)).toBeLessThan(1e-6);
  }
});

/** Share of 2,000 simulations in which the interval has the truth, for groups of 200 rows with these chances. */
function covered(
  shares: readonly number[],
  intervalOf: (rates: Parameters<typeof differenceInterval>[0]) => Interval | undefined,
  truth: number,
) {
  const random = seededRandom(7);
  let hits = 0;
  for (let i = 0; i < 2_000; i++) {
    const rates = shares.map((share, group) => ({
      group: String(group),
      share: drawBinomial(200, share, random) / 200,
      trials: 200,
    }));
    const [low, high] = intervalOf([rates]) ?? [1, 0];
    if (low <= truth + 1e-12 && truth - 1e-12 <= high) hits += 1;
  }
  return hits / 2_000;
}

describe('intervals hold their level over 2,000 draws', () => {
  test.each([[[0.3, 0.4]], [[0.05, 0.15]], [[0.6, 0.4]]])('of the difference of two groups, %j', (shares) => {
    const truth = Math.abs((shares[0] as number) - (shares[1] as number));
    const share = covered(shares, (rates) => differenceInterval(rates, 0.95), truth);
    console.info(`difference of ${shares.join(', ')}: ${share}`);
    expect(Math.abs(share - 0.95)).toBeLessThanOrEqual(0.015);
  });

  // Near 0 a difference without its sign can only be missed on one side.
  test.each([[[0.5, 0.52]], [[0.3, 0.3, 0.3, 0.3, 0.3]], [[0.1, 0.2, 0.3, 0.3]]])(
    'and more of many groups and where groups are near alike, %j',
    (shares) => {
      const [least, most] = [Math.min(...shares), Math.max(...shares)];
      const ofDifference = covered(shares, (rates) => differenceInterval(rates, 0.95), most - least);
      const ofRatio = covered(shares, (rates) => ratioInterval(rates, 0.95), least / most);
      console.info(`of ${shares.join(', ')}: difference ${ofDifference}, ratio ${ofRatio}`);
      expect(ofDifference).toBeGreaterThanOrEqual(0.935);
      expect(ofRatio).toBeGreaterThanOrEqual(0.935);
    },
  );
});
