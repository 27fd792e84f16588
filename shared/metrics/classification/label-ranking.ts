/** How well one row's scores rank its labels; rows are averaged. */
export const RANKING_MEANS = ['labelRankingLoss', 'labelCoverageError', 'labelRankingAveragePrecision'] as const;
export type RankingMean = (typeof RANKING_MEANS)[number];

/**
 * Of a row with a score for every label (Tsoumakas et al. 2010, "Mining multi-label data"), as scikit-learn has them:
 *
 * - labelRankingLoss: share of the pairs of a label that the row has and one that it has not whose scores are the wrong way round
 *   or equal; 0 where the row has none or all of the labels
 * - labelCoverageError: how far down the ranking one must go to meet all labels that the row has, equal scores wholly; 0 without any
 * - labelRankingAveragePrecision: mean over the row's labels of the share of its labels among those ranked as high or higher; 1
 *   where it has none or all
 */
export function rankLabels(
  truth: ReadonlySet<string>,
  scores: ReadonlyMap<string, number>,
): Readonly<Record<RankingMean, number>> {
  const unscored = [...truth].filter((label) => !scores.has(label));
  const all = scores.size + unscored.length;
  // A label that the row has without a score counts 0. Rows have few labels: counting what is ranked as high is quicker than sorting.
  const trueScores = [...truth].map((label) => scores.get(label) ?? 0);
  const everyScore = [...scores.values(), ...unscored.map(() => 0)];
  let [precisions, missed, depth] = [0, 0, 0];
  for (const score of trueScores) {
    const [asHigh, trueAsHigh] = [countFrom(everyScore, score), countFrom(trueScores, score)];
    depth = Math.max(depth, asHigh);
    precisions += trueAsHigh / asHigh;
    missed += asHigh - trueAsHigh;
  }
  const isAnyOrder = truth.size === 0 || truth.size === all;
  return {
    labelRankingLoss: isAnyOrder ? 0 : missed / (truth.size * (all - truth.size)),
    labelCoverageError: depth,
    labelRankingAveragePrecision: isAnyOrder ? 1 : precisions / truth.size,
  };
}

function countFrom(scores: readonly number[], least: number): number {
  let count = 0;
  for (const score of scores) if (score >= least) count += 1;
  return count;
}
