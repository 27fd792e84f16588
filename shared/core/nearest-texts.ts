import { FEATURE_BUCKETS } from './text-features.ts';

/** A text that is near to another. */
export interface NearText {
  /** Index among the known texts. */
  readonly index: number;
  /** Cosine of the two texts' vectors, above 0 and up to 1. */
  readonly similarity: number;
}

/** A feature in more than this share of the texts tells little and costs most, so it is left out; in small sets none is. */
const COMMON_SHARE = 0.02;
const COMMON_COUNT = 50;

/**
 * For each of `fresh` its `k` nearest among `known`, the nearest first; texts are sets of features (see text-features.ts).
 * Vectors have the inverse document frequency ln((1 + n) ÷ (1 + n_f)) + 1 of each feature over the known texts and length 1
 * (as scikit-learn's TfidfVectorizer with binary=True). Only features of fresh texts are looked up, so the work grows with what
 * the two sides share.
 */
export function nearestTexts(known: readonly Int32Array[], fresh: readonly Int32Array[], k: number): NearText[][] {
  const squares = squaredFrequencies(known);
  const postings = invert(fresh, squares);
  const lengths = fresh.map((features) => lengthOf(features, squares));
  const nearest: NearText[][] = fresh.map(() => []);
  const products = new Float64Array(fresh.length);
  const touched = new Int32Array(fresh.length);
  known.forEach((features, index) => {
    const count = multiply(features, postings, squares, products, touched);
    if (count === 0) return;
    const length = lengthOf(features, squares);
    for (let i = 0; i < count; i++) {
      const at = touched[i] as number;
      const similarity = (products[at] as number) / (length * (lengths[at] as number));
      products[at] = 0;
      keepNearest(nearest[at] as NearText[], index, similarity, k);
    }
  });
  return nearest;
}

/** The fresh texts that have each feature, one list behind the other: those of feature f from `starts[f]` to `starts[f + 1]`. */
interface Postings {
  readonly starts: Uint32Array;
  readonly texts: Uint32Array;
}

/** Adds the text's product with every fresh text that shares a feature; gives how many those are, and writes them in `touched`. */
function multiply(
  features: Int32Array,
  { starts, texts }: Postings,
  squares: Float32Array,
  products: Float64Array,
  touched: Int32Array,
): number {
  let count = 0;
  for (let i = 0; i < features.length; i++) {
    const feature = features[i] as number;
    const square = squares[feature] as number;
    for (let place = starts[feature] as number; place < (starts[feature + 1] as number); place++) {
      const at = texts[place] as number;
      if (products[at] === 0) touched[count++] = at;
      products[at] = (products[at] as number) + square;
    }
  }
  return count;
}

/** Squares of the inverse document frequencies by feature; 0 for those that are too common, or in no known text. */
function squaredFrequencies(known: readonly Int32Array[]): Float32Array {
  const counts = new Int32Array(FEATURE_BUCKETS);
  for (const features of known) for (const feature of features) counts[feature] = (counts[feature] as number) + 1;
  const most = Math.max(COMMON_COUNT, COMMON_SHARE * known.length);
  return Float32Array.from(counts, (count) =>
    count === 0 || count > most ? 0 : (Math.log((1 + known.length) / (1 + count)) + 1) ** 2,
  );
}

function invert(fresh: readonly Int32Array[], squares: Float32Array): Postings {
  const starts = new Uint32Array(FEATURE_BUCKETS + 1);
  const tells = (feature: number) => (squares[feature] as number) > 0;
  for (const features of fresh) {
    for (const feature of features) if (tells(feature)) starts[feature + 1] = (starts[feature + 1] as number) + 1;
  }
  for (let feature = 0; feature < FEATURE_BUCKETS; feature++) {
    starts[feature + 1] = (starts[feature + 1] as number) + (starts[feature] as number);
  }
  const texts = new Uint32Array(starts[FEATURE_BUCKETS] as number);
  const filled = starts.slice();
  fresh.forEach((features, at) => {
    for (const feature of features) {
      if (!tells(feature)) continue;
      texts[filled[feature] as number] = at;
      filled[feature] = (filled[feature] as number) + 1;
    }
  });
  return { starts, texts };
}

function lengthOf(features: Int32Array, squares: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < features.length; i++) sum += squares[features[i] as number] as number;
  return Math.sqrt(sum);
}

/** Puts the text in its place; of equal ones the earlier stays before. */
function keepNearest(nearest: NearText[], index: number, similarity: number, k: number): void {
  const last = nearest[nearest.length - 1];
  if (nearest.length === k && last && last.similarity >= similarity) return;
  let at = nearest.length;
  while (at > 0 && (nearest[at - 1] as NearText).similarity < similarity) at--;
  nearest.splice(at, 0, { index, similarity });
  if (nearest.length > k) nearest.pop();
}
