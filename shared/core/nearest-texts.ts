import { FEATURE_BUCKETS } from './text-features.ts';

/** A text that is near to another. */
export interface NearText {
  /** Index among the known texts. */
  readonly index: number;
  /** Cosine of the two texts' vectors, above 0 and up to 1. */
  readonly similarity: number;
}

/** A feature in more than this share of the texts tells nothing and is left out; in small sets none is. */
const COMMON_SHARE = 0.05;
const COMMON_COUNT = 50;

/**
 * For each of `fresh` its `k` nearest among `known`, the nearest first; texts are sets of features (see text-features.ts).
 * Vectors have the inverse document frequency ln((1 + n) ÷ (1 + n_f)) + 1 of each feature over the known texts and length 1
 * (as scikit-learn's TfidfVectorizer with binary=True). Only features of fresh texts are looked up, so the work grows with what
 * the two sides share.
 */
export function nearestTexts(known: readonly Int32Array[], fresh: readonly Int32Array[], k: number): NearText[][] {
  const weights = inverseFrequencies(known);
  const postings = invert(fresh, weights);
  const lengths = fresh.map((features) => lengthOf(features, weights));
  const nearest: NearText[][] = fresh.map(() => []);
  const products = new Float64Array(fresh.length);
  const touched: number[] = [];
  known.forEach((features, index) => {
    for (const feature of features) {
      const squared = (weights[feature] as number) ** 2;
      for (const at of postings.get(feature) ?? []) {
        if (products[at] === 0) touched.push(at);
        products[at] = (products[at] as number) + squared;
      }
    }
    const length = touched.length > 0 ? lengthOf(features, weights) : 0;
    for (const at of touched) {
      const similarity = (products[at] as number) / (length * (lengths[at] as number));
      keepNearest(nearest[at] as NearText[], { index, similarity }, k);
      products[at] = 0;
    }
    touched.length = 0;
  });
  return nearest;
}

/** By feature; 0 for those that are too common, or in no known text. */
function inverseFrequencies(known: readonly Int32Array[]): Float32Array {
  const counts = new Int32Array(FEATURE_BUCKETS);
  for (const features of known) for (const feature of features) counts[feature] = (counts[feature] as number) + 1;
  const most = Math.max(COMMON_COUNT, COMMON_SHARE * known.length);
  return Float32Array.from(counts, (count) =>
    count === 0 || count > most ? 0 : Math.log((1 + known.length) / (1 + count)) + 1,
  );
}

/** Which fresh texts have a feature. */
function invert(fresh: readonly Int32Array[], weights: Float32Array): Map<number, number[]> {
  const postings = new Map<number, number[]>();
  fresh.forEach((features, at) => {
    for (const feature of features) {
      if (weights[feature] === 0) continue;
      const list = postings.get(feature);
      if (list) list.push(at);
      else postings.set(feature, [at]);
    }
  });
  return postings;
}

function lengthOf(features: Int32Array, weights: Float32Array): number {
  let sum = 0;
  for (const feature of features) sum += (weights[feature] as number) ** 2;
  return Math.sqrt(sum);
}

/** Puts the text in its place; of equal ones the earlier stays before. */
function keepNearest(nearest: NearText[], text: NearText, k: number): void {
  let at = nearest.length;
  while (at > 0 && (nearest[at - 1] as NearText).similarity < text.similarity) at--;
  if (at >= k) return;
  nearest.splice(at, 0, text);
  if (nearest.length > k) nearest.pop();
}
