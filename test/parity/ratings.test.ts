import { expect, test } from 'vitest';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { rankingTask } from '../../shared/metrics/ranking/ranking-task.ts';
import { DEFAULT_RANKING_SETTINGS } from '../../shared/metrics/ranking/settings.ts';
import { DEFAULT_REGRESSION_SETTINGS, regressionTask } from '../../shared/metrics/regression/regression-task.ts';
import { deviations, readVectors } from '../support/compare-metrics.ts';
import { stateOf } from '../support/evaluate-rows.ts';

interface RatingCase {
  readonly k: number;
  /** An item is relevant, and recommended, from this rating on. */
  readonly threshold: number;
  /** Whether every estimate reaches it, so that each user gets k items. */
  readonly allRecommended: boolean;
  readonly rows: readonly (readonly [user: number, item: number, rating: number, estimate: number])[];
  readonly rmse: number;
  readonly mae: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

const { cases } = readVectors<RatingCase>('ratings');
const intervals = { ...DEFAULT_INTERVALS, method: 'none' as const };

test('predicted ratings are as far off as Surprise says', () => {
  expect(cases.length).toBeGreaterThanOrEqual(200);
  const wrong = cases.flatMap(({ rows, rmse, mae }) => {
    const regression = rows.map(([, , actual, predicted]) => ({ actual, predicted }));
    return deviations(
      stateOf(regressionTask, DEFAULT_REGRESSION_SETTINGS, regression).evaluate(intervals),
      { rmse, mae },
      1e-9,
    );
  });
  expect(wrong).toEqual([]);
});

test('recall at k is that of its recipe, and precision where k items are recommended', () => {
  const wrong = cases.flatMap(({ k, threshold, allRecommended, rows, precision, recall }) => {
    const users = Map.groupBy(rows, ([user]) => user);
    const rankings = [...users].map(([user, rated]) => ({
      queryId: String(user),
      relevant: rated.filter(([, , rating]) => rating >= threshold).map(([, item]) => String(item)),
      ranked: rated
        .filter(([, , , estimate]) => estimate >= threshold)
        .sort((a, b) => b[3] - a[3])
        .map(([, item]) => String(item)),
    }));
    const evaluation = stateOf(rankingTask, { ...DEFAULT_RANKING_SETTINGS, k: [k] }, rankings).evaluate(intervals);
    const expected = { [`recall@${k}`]: recall, ...(allRecommended ? { [`precision@${k}`]: precision } : {}) };
    return deviations(evaluation, expected, 1e-9);
  });
  expect(cases.filter(({ allRecommended }) => allRecommended).length).toBeGreaterThan(60);
  expect(wrong).toEqual([]);
});
