import type { InferenceSession, Tensor } from '../ports/inference-engine.ts';
import { floatTensor, indexTensor, readIndexes } from './index-tensor.ts';
import { findSignatureMisfit } from './signature.ts';

/** What a ranking graph is fed. The three lists of the history have one entry an item, each item once. */
export interface RankingQuery {
  readonly historyIds: ArrayLike<number>;
  /** What each item of the history counts; 0 for one that is only to be left out. */
  readonly historyWeights: ArrayLike<number>;
  /** Added to that same item's score: -Infinity leaves it out. */
  readonly historyBias: ArrayLike<number>;
  /** Added to the items' scores, one value an item; null adds nothing. */
  readonly itemBias: Float32Array | null;
  /** How many items are wanted; fewer come where fewer are left. */
  readonly k: number;
  readonly wantsItemScores?: boolean;
}

/** Items in the order of their scores, the best first; what was left out is not among them. */
export interface Ranking {
  readonly ids: Int32Array;
  readonly scores: Float32Array;
  /**
   * [ids, history] in row-major order: the part of each score that comes from each item of the history. Score = sum of its row
   * and the biases.
   */
  readonly contributions: Float32Array;
  /** Scores of all items before the biases, where they were asked for. */
  readonly itemScores: Float32Array | null;
}

const INPUTS = {
  history_ids: 'int64',
  history_weights: 'float32',
  history_bias: 'float32',
  item_bias: 'float32',
  k: 'int64',
} as const;
const OUTPUTS = { ids: 'int64', scores: 'float32', contributions: 'float32', item_scores: 'float32' } as const;

const TOP = ['ids', 'scores', 'contributions'] as const;
const TOP_AND_ITEM_SCORES = [...TOP, 'item_scores'] as const;

/** Why the graph can't rank items, or null. */
export function findRankingMisfit(session: InferenceSession): string | null {
  return findSignatureMisfit(session, INPUTS, OUTPUTS);
}

/** One run. An empty history is fed as the first item with weight 0, which says nothing. */
export async function runRanking(session: InferenceSession, itemCount: number, query: RankingQuery): Promise<Ranking> {
  const isEmpty = query.historyIds.length === 0;
  const feeds: Record<string, Tensor> = {
    history_ids: indexTensor(isEmpty ? [0] : query.historyIds),
    history_weights: floatTensor(Float32Array.from(isEmpty ? [0] : query.historyWeights)),
    history_bias: floatTensor(Float32Array.from(isEmpty ? [0] : query.historyBias)),
    item_bias: floatTensor(query.itemBias ?? new Float32Array(1)),
    k: indexTensor([Math.min(query.k, itemCount)]),
  };
  const outputs = await session.run(feeds, query.wantsItemScores ? TOP_AND_ITEM_SCORES : TOP);
  const scores = outputs['scores']?.data as Float32Array;
  const left = countAbove(scores, Number.NEGATIVE_INFINITY);
  return {
    ids: readIndexes(outputs['ids']).subarray(0, left),
    scores: scores.subarray(0, left),
    contributions: outputs['contributions']?.data as Float32Array,
    itemScores: query.wantsItemScores ? (outputs['item_scores']?.data as Float32Array) : null,
  };
}

/** How many of the scores, which fall, come before the first that is not above `limit`. */
function countAbove(scores: Float32Array, limit: number): number {
  let count = scores.length;
  while (count > 0 && !((scores[count - 1] as number) > limit)) count--;
  return count;
}
