import { MAX_DEPTH } from './settings.ts';

/** Metrics of one query, in the order in which `writeQueryQuality` gives them for each depth. */
export const QUERY_METRICS = ['precision', 'recall', 'hitRate', 'ndcg', 'map', 'mrr'] as const;

const DISCOUNTS = Float64Array.from({ length: MAX_DEPTH }, (_, place) => 1 / Math.log2(place + 2));

/**
 * Quality of one ranking at each of `depths` (ascending), for a query with at least one relevant item. With g(i) the gain of the
 * item at place i (from 1) and r relevant items:
 *
 * - precision@k: relevant items among the first k over k, also where fewer than k were ranked
 * - recall@k: the same over r
 * - hitRate@k: 1 where there is one among the first k
 * - ndcg@k (Järvelin and Kekäläinen 2002): Σ g(i) / log₂(i + 1) over the same for the best possible ranking
 * - map@k (mean of this): Σ precision@i over relevant places i ≤ k, over min(k, r), so that a perfect ranking has 1
 * - mrr@k (mean of this): 1 / the first relevant place, 0 where that is beyond k
 *
 * `gains` holds the gain at each place, 0 for irrelevant items; `idealGains` those of all relevant items, the greatest first.
 */
export function writeQueryQuality(
  gains: ArrayLike<number>,
  idealGains: ArrayLike<number>,
  depths: readonly number[],
  quality: Float64Array,
): void {
  const relevant = idealGains.length;
  let [place, hits, precisions, gained, ideal, reciprocal, at] = [0, 0, 0, 0, 0, 0, 0];
  for (const depth of depths) {
    for (; place < depth; place++) {
      const discount = DISCOUNTS[place] as number;
      if (place < relevant) ideal += (idealGains[place] as number) * discount;
      const gain = place < gains.length ? (gains[place] as number) : 0;
      if (gain === 0) continue;
      hits += 1;
      precisions += hits / (place + 1);
      gained += gain * discount;
      if (hits === 1) reciprocal = 1 / (place + 1);
    }
    quality[at++] = hits / depth;
    quality[at++] = hits / relevant;
    quality[at++] = hits > 0 ? 1 : 0;
    quality[at++] = gained / ideal;
    quality[at++] = precisions / Math.min(depth, relevant);
    quality[at++] = reciprocal;
  }
}
