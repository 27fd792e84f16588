import type { ScoredOutcomes } from '../marketing/gains.ts';
import type { BinaryScores } from './binary-scores.ts';

/** The scores as figures of gains walk along them, one group after the other. */
export function scoredOutcomes(scores: BinaryScores): ScoredOutcomes {
  const blurred = new Set<number>();
  for (const { length, scores: least } of scores.blurredGroups())
    for (let i = 0; i < length; i++) blurred.add(least[i] as number);
  return {
    walkDown(visit) {
      for (const groups of scores.groupsDown()) {
        for (let i = 0; i < groups.length; i++) {
          const score = groups.scores[i] as number;
          const [p, n] = [groups.positives[i] as number, groups.negatives[i] as number];
          const [pp, nn] = [groups.positiveSquares[i] as number, groups.negativeSquares[i] as number];
          visit(score, p, n, pp, nn, blurred.size > 0 && blurred.has(score));
        }
      }
    },
  };
}
