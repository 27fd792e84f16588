import type { RankingModel } from '../../shared/model/recommender-model.ts';
import type { Assortment } from './assortment.ts';
import { type Candidate, scoreNewItem } from './candidate.ts';
import { choose, hasRoom } from './personal.ts';
import type { Wish } from './wish.ts';

/** Items that a list is chosen from where it must differ: so many a place. */
const POOL_A_PLACE = 5;

/** The most popular items for a user of whom nothing is known: those of the interests first, then any. */
export function popularCandidates(model: RankingModel, assortment: Assortment, wish: Wish): Candidate[] {
  const interests = new Set(wish.interests);
  const interestOf = (categories: readonly string[]) => categories.find((category) => interests.has(category));
  const wanted = wish.diversity > 0 || wish.maxPerCategory !== undefined ? POOL_A_PLACE * wish.k : wish.k;
  const ofInterest: Candidate[] = [];
  const others: Candidate[] = [];
  for (const index of model.items.byPopularity) {
    const isFull = ofInterest.length >= wanted || (interests.size === 0 && others.length >= wanted);
    if (isFull) break;
    const candidate = popularAt(index, model, assortment, wish, interestOf);
    if (!candidate) continue;
    if (candidate.cause.kind === 'popularity' && candidate.cause.category !== undefined) ofInterest.push(candidate);
    else if (others.length < wanted) others.push(candidate);
  }
  for (const item of assortment.newItems()) {
    if (wish.blocked.has(item.itemId) || wish.seen.has(item.itemId) || !wish.filter.passes(item.good)) continue;
    const candidate = scoreNewItem(item, model.items, (index) => model.items.popularity[index] as number);
    if (candidate) (interestOf(item.good.categories) === undefined ? others : ofInterest).push(candidate);
  }
  const first = choose(byScore(ofInterest), wish);
  if (first.length >= wish.k) return first;
  return [...first, ...withRoom(choose(byScore(others), wish), first, wish)].slice(0, wish.k);
}

/** Fills a list that what is known of the user leaves short, by popularity; such items score no more than the others. */
export function fillUp(
  list: readonly Candidate[],
  model: RankingModel,
  assortment: Assortment,
  wish: Wish,
): Candidate[] {
  if (list.length >= wish.k) return [...list];
  const score = Math.min(0, list.at(-1)?.score ?? 0);
  const listed = new Set(list.map((candidate) => candidate.itemId));
  const had = new Set([...wish.history.items.map((item) => item.index), ...wish.history.older]);
  const filled = [...list];
  for (const index of model.items.byPopularity) {
    if (filled.length >= wish.k) break;
    if (had.has(index) || listed.has(model.items.ids[index] as string)) continue;
    const candidate = popularAt(index, model, assortment, wish, () => undefined);
    if (candidate) filled.push(...withRoom([{ ...candidate, score }], filled, wish));
  }
  return filled;
}

function popularAt(
  index: number,
  { items }: RankingModel,
  assortment: Assortment,
  { filter, blocked }: Wish,
  interestOf: (categories: readonly string[]) => string | undefined,
): Candidate | null {
  const itemId = items.ids[index] as string;
  if (blocked.has(itemId) || filter.itemBias?.[index] === Number.NEGATIVE_INFINITY) return null;
  const good = assortment.goodAt(index);
  const popularity = items.popularity[index] as number;
  const category = interestOf(good.categories);
  return { itemId, good, score: popularity, cause: { kind: 'popularity', popularity, category } };
}

function byScore(candidates: Candidate[]): Candidate[] {
  return candidates.sort((a, b) => b.score - a.score);
}

/** Those that the list has room for by the rule of categories, one after the other. */
function withRoom(candidates: readonly Candidate[], list: readonly Candidate[], { maxPerCategory }: Wish): Candidate[] {
  if (maxPerCategory === undefined) return [...candidates];
  const added: Candidate[] = [];
  for (const candidate of candidates) {
    if (hasRoom(candidate, [...list, ...added], maxPerCategory)) added.push(candidate);
  }
  return added;
}
