import type { PackItems } from '../../shared/model/recommender-items.ts';
import type { Assortment, Good, Neighbour, NewItem } from './assortment.ts';
import type { Reason, RecommendedItem } from './contract.ts';

/** An item that may be recommended, with what explains its score. */
export interface Candidate {
  readonly itemId: string;
  readonly good: Good;
  readonly score: number;
  readonly cause:
    | HistoryCause
    | { readonly kind: 'popularity'; readonly popularity: number; readonly category: string | undefined }
    | { readonly kind: 'text'; readonly similarText: string; readonly similarity: number };
}

/** A score that is the sum of what each item of the history gives it, and of what it has by its popularity. */
export interface HistoryCause {
  readonly kind: 'history';
  /** In the order of `items`. */
  readonly parts: Float32Array;
  readonly items: readonly { readonly index: number }[];
  readonly popularity: number;
  readonly popularityWeight: number;
}

/** Items of the history told as reasons. */
const MAX_REASONS = 3;
/** Parts that are a smaller share of the score are not told: they may be rounding. */
const LEAST_SHARE = 0.01;

/** The item as it is answered. */
export function toRecommendedItem({ itemId, good, score, cause }: Candidate, assortment: Assortment): RecommendedItem {
  const title = good.title === undefined ? {} : { title: good.title };
  return { itemId, ...title, score, reasons: explain(cause, assortment) };
}

function explain(cause: Candidate['cause'], { items }: Assortment): Reason[] {
  switch (cause.kind) {
    case 'history':
      return explainByHistory(cause, items.ids);
    case 'popularity': {
      const category = cause.category === undefined ? {} : { category: cause.category };
      return [{ popular: { popularity: cause.popularity, ...category } }];
    }
    case 'text':
      return [{ similarText: cause.similarText, similarity: round(cause.similarity) }];
  }
}

/** The parts that raise the score, the largest first: as the score is their sum, without one of them it would be lower. */
function explainByHistory(
  { parts, items: history, popularity, popularityWeight }: HistoryCause,
  ids: readonly string[],
): Reason[] {
  const byPopularity = popularityWeight * popularity;
  let total = Math.max(0, byPopularity);
  const best: number[] = [];
  for (let at = 0; at < history.length; at++) {
    const part = parts[at] as number;
    if (!(part > 0)) continue;
    total += part;
    let place = best.length;
    while (place > 0 && (parts[best[place - 1] as number] as number) < part) place--;
    if (place >= MAX_REASONS) continue;
    best.splice(place, 0, at);
    if (best.length > MAX_REASONS) best.pop();
  }
  const reasons: Reason[] = best
    .filter((at) => (parts[at] as number) >= LEAST_SHARE * total)
    .map((at) => ({
      because: ids[(history[at] as { index: number }).index] as string,
      share: round((parts[at] as number) / total),
    }));
  return byPopularity >= LEAST_SHARE * total && total > 0 ? [...reasons, { popular: { popularity } }] : reasons;
}

/** Four digits are as many as anybody reads; what is above 0 stays so. */
function round(value: number): number {
  return Math.max(0.0001, Math.round(value * 10_000) / 10_000);
}

/**
 * A new item with the scores of the known items that its words are like: their mean, weighted by similarity, times the greatest
 * similarity, since a distant likeness says little. Null where none is like it, or they score nothing.
 */
export function scoreNewItem(item: NewItem, { ids }: PackItems, scoreAt: (index: number) => number): Candidate | null {
  let weighted = 0;
  let similarities = 0;
  let best: { readonly neighbour: Neighbour; readonly value: number } | null = null;
  for (const neighbour of item.nearest) {
    const value = neighbour.similarity * scoreAt(neighbour.index);
    weighted += value;
    similarities += neighbour.similarity;
    if (best === null || value > best.value) best = { neighbour, value };
  }
  const score = similarities === 0 ? 0 : ((item.nearest[0]?.similarity ?? 0) * weighted) / similarities;
  if (best === null || !(score > 0)) return null;
  const { index, similarity } = best.neighbour;
  const cause = { kind: 'text', similarText: ids[index] as string, similarity } as const;
  return { itemId: item.itemId, good: item.good, score, cause };
}

/** 0 (nothing in common) to 1: the mean of what speaks for two items (cosine) and their categories (Jaccard), as far as known. */
export function similarity(a: Candidate, b: Candidate): number {
  const measures: number[] = [];
  if (a.cause.kind === 'history' && b.cause.kind === 'history') measures.push(cosine(a.cause.parts, b.cause.parts));
  if (a.good.categories.length > 0 && b.good.categories.length > 0) {
    measures.push(jaccard(a.good.categories, b.good.categories));
  }
  return measures.length === 0 ? 0 : measures.reduce((sum, measure) => sum + measure, 0) / measures.length;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const lengths = Math.sqrt(squaresA * squaresB);
  return lengths === 0 ? 0 : Math.max(0, product / lengths);
}

function jaccard(a: readonly string[], b: readonly string[]): number {
  const shared = a.filter((category) => b.includes(category)).length;
  return shared / (new Set([...a, ...b]).size || 1);
}
