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
  const named = [...new Set([...scores.keys(), ...truth])].map((label) => ({
    score: scores.get(label) ?? 0,
    isTrue: truth.has(label),
  }));
  named.sort((a, b) => b.score - a.score);
  const [has, hasNot] = [truth.size, named.length - truth.size];
  let [above, precisions, missed, depth, place] = [0, 0, 0, 0, 0];
  while (place < named.length) {
    let [trueHere, end] = [0, place];
    for (; end < named.length && named[end]?.score === named[place]?.score; end++)
      if (named[end]?.isTrue) trueHere += 1;
    above += trueHere;
    if (trueHere > 0) depth = end;
    precisions += (trueHere * above) / end;
    missed += trueHere * (end - above);
    place = end;
  }
  const isAnyOrder = has === 0 || hasNot === 0;
  return {
    labelRankingLoss: isAnyOrder ? 0 : missed / (has * hasNot),
    labelCoverageError: depth,
    labelRankingAveragePrecision: isAnyOrder ? 1 : precisions / has,
  };
}
