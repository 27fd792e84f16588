import { diversify } from '../../shared/core/diversify.ts';
import { repeatBonus, type WeighedItem } from '../../shared/model/history-weights.ts';
import type { Ranking } from '../../shared/model/ranking-graph.ts';
import type { RankingModel } from '../../shared/model/recommender-model.ts';
import type { Assortment } from './assortment.ts';
import { type Candidate, scoreNewItem, similarity } from './candidate.ts';
import type { Wish } from './wish.ts';

/** Items to leave out that are fed beside the history; more of them go into the bias of all items. */
const MAX_FED = 64;
/** Items that a list is chosen from where it must differ or keep to rules: so many a place, and so many in all. */
const POOL_A_PLACE = 5;
const MAX_POOL = 1_000;

const LEFT_OUT = Number.NEGATIVE_INFINITY;

/** Feeds of the graph that say what the history counts and what is left out. */
export interface Masks {
  readonly historyIds: readonly number[];
  readonly historyWeights: readonly number[];
  readonly historyBias: readonly number[];
  readonly itemBias: Float32Array | null;
}

/** What the history speaks for, the best first; one run of the graph unless rules leave too few of it. */
export async function personalCandidates(
  model: RankingModel,
  assortment: Assortment,
  wish: Wish,
): Promise<Candidate[]> {
  const masks = toMasks(model, wish);
  const newItems = assortment.newItems();
  const { count } = model.items;
  const isChosen = wish.diversity > 0 || wish.maxPerCategory !== undefined;
  let pool = isChosen ? Math.min(MAX_POOL, POOL_A_PLACE * wish.k) : wish.k;
  for (;;) {
    const ranking = await model.rank({ ...masks, k: pool, wantsItemScores: newItems.length > 0 });
    const known = knownCandidates(ranking, masks, assortment, wish.history.items, wish.popularityWeight).filter(
      isSpokenFor,
    );
    const candidates = merge(known, newCandidates(ranking, assortment, wish));
    const chosen = choose(candidates, wish);
    const isWhole = ranking.ids.length < Math.min(pool, count) || pool >= Math.min(MAX_POOL, count);
    if (!isChosen || chosen.length >= wish.k || isWhole) return chosen;
    pool = Math.min(MAX_POOL, 4 * pool);
  }
}

export function toMasks({ items }: RankingModel, wish: Wish): Masks {
  const historyIds = wish.history.items.map((item) => item.index);
  const historyWeights = wish.history.items.map((item) => item.weight);
  const historyBias = wish.history.items.map((item) => {
    if (!wish.allowSeen || wish.blocked.has(items.ids[item.index] as string)) return LEFT_OUT;
    return wish.repeat ? repeatBonus(item, wish.repeat) : 0;
  });
  const others = blockedBeside(wish, historyIds, items.indexOf);
  if (others.length > MAX_FED) {
    const itemBias = wish.filter.itemBias?.slice() ?? new Float32Array(items.count);
    for (const index of others) itemBias[index] = LEFT_OUT;
    return { historyIds, historyWeights, historyBias, itemBias };
  }
  for (const index of others) {
    historyIds.push(index);
    historyWeights.push(0);
    historyBias.push(LEFT_OUT);
  }
  return { historyIds, historyWeights, historyBias, itemBias: wish.filter.itemBias };
}

/** What is left out and not of the history that is fed: each index once. */
function blockedBeside(
  wish: Wish,
  historyIds: readonly number[],
  indexOf: (itemId: string) => number | undefined,
): number[] {
  if (wish.blocked.size === 0 && wish.history.older.length === 0) return [];
  const indexes = new Set(wish.allowSeen ? [] : wish.history.older);
  for (const itemId of wish.blocked) {
    const index = indexOf(itemId);
    if (index !== undefined) indexes.add(index);
  }
  for (const index of historyIds) indexes.delete(index);
  return [...indexes];
}

/** The ranking with the part that each item of the history has in each score. */
export function knownCandidates(
  ranking: Ranking,
  masks: Masks,
  assortment: Assortment,
  history: readonly WeighedItem[],
  popularityWeight: number,
): Candidate[] {
  const width = Math.max(1, masks.historyIds.length);
  const candidates: Candidate[] = [];
  const popularityAt = (index: number) => assortment.items.popularity[index] as number;
  ranking.ids.forEach((index, row) => {
    const parts = ranking.contributions.subarray(row * width, row * width + history.length);
    // An item of the history stands in the list by its own right as well: the bonus is its part.
    const own = history.findIndex((item) => item.index === index);
    if (own >= 0) parts[own] = (parts[own] as number) + (masks.historyBias[own] as number);
    candidates.push({
      itemId: assortment.items.ids[index] as string,
      good: assortment.goodAt(index),
      score: ranking.scores[row] as number,
      cause: { kind: 'history', parts, items: history, popularity: popularityAt(index), popularityWeight },
    });
  });
  return candidates;
}

/** Whether anything speaks for it: else it is in the ranking only because nothing better was left. */
function isSpokenFor({ cause }: Candidate): boolean {
  if (cause.kind !== 'history') return true;
  return cause.popularityWeight * cause.popularity > 0 || cause.parts.some((part) => part > 0);
}

function newCandidates({ itemScores }: Ranking, assortment: Assortment, wish: Wish): Candidate[] {
  if (itemScores === null) return [];
  const { popularity } = assortment.items;
  const scoreAt = (index: number) =>
    (itemScores[index] as number) + wish.popularityWeight * (popularity[index] as number);
  return assortment.newItems().flatMap((item) => {
    if (wish.blocked.has(item.itemId) || wish.seen.has(item.itemId) || !wish.filter.passes(item.good)) return [];
    const candidate = scoreNewItem(item, assortment.items, scoreAt);
    return candidate ? [candidate] : [];
  });
}

function merge(known: Candidate[], fresh: readonly Candidate[]): Candidate[] {
  return fresh.length === 0 ? known : [...known, ...fresh].sort((a, b) => b.score - a.score);
}

/** The `k` items of the list, by score alone or by what the wish says of it. */
export function choose(candidates: readonly Candidate[], wish: Wish): Candidate[] {
  const { k, diversity, maxPerCategory } = wish;
  if (diversity === 0 && maxPerCategory === undefined) return candidates.slice(0, k);
  const at = (index: number) => candidates[index] as Candidate;
  const scores = candidates.map((candidate) => candidate.score);
  const chosen = diversify(scores, {
    k,
    diversity,
    similarity: (a, b) => similarity(at(a), at(b)),
    mayTake: (index, taken) => maxPerCategory === undefined || hasRoom(at(index), taken.map(at), maxPerCategory),
  });
  return chosen.map(at);
}

/** Whether each of the item's categories has fewer than so many items yet. */
export function hasRoom(candidate: Candidate, taken: readonly Candidate[], maxPerCategory: number): boolean {
  return candidate.good.categories.every(
    (category) => taken.filter(({ good }) => good.categories.includes(category)).length < maxPerCategory,
  );
}
