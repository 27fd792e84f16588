import type { InferenceSession } from '../ports/inference-engine.ts';
import { floatTensor, indexTensor } from './index-tensor.ts';
import { findSignatureMisfit } from './signature.ts';

/** What a rating graph is fed: the ratings that the user gave, none for somebody unknown, and the items asked about (at least one). */
export interface RatingQuery {
  readonly historyIds: ArrayLike<number>;
  /** One an item of the history, each item once. */
  readonly historyRatings: ArrayLike<number>;
  readonly candidateIds: ArrayLike<number>;
}

const INPUTS = { history_ids: 'int64', history_ratings: 'float32', candidate_ids: 'int64' } as const;
const OUTPUTS = { ratings: 'float32' } as const;

/** Why the graph can't predict ratings, or null. */
export function findRatingMisfit(session: InferenceSession): string | null {
  return findSignatureMisfit(session, INPUTS, OUTPUTS);
}

/** A rating for each candidate, in their order. */
export async function runRating(session: InferenceSession, query: RatingQuery): Promise<Float32Array> {
  const outputs = await session.run({
    history_ids: indexTensor(query.historyIds),
    history_ratings: floatTensor(Float32Array.from(query.historyRatings)),
    candidate_ids: indexTensor(query.candidateIds),
  });
  return outputs['ratings']?.data as Float32Array;
}
