import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { RankingModel } from '../../shared/model/recommender-model.ts';
import { type RecommendDeps, rankWith, toIgnored } from './answer.ts';
import type { Assortment } from './assortment.ts';
import { type Candidate, toRecommendedItem } from './candidate.ts';
import type { RecommendResponse, SimilarRequest } from './contract.ts';
import type { UserEvent } from './history.ts';
import { personalCandidates } from './personal.ts';
import { toWish, type Wish } from './wish.ts';

/** Items like these: what the model would recommend to somebody who had just them; for new items, what their words are like. */
export async function similar(
  deps: RecommendDeps,
  { itemId, itemIds, model, ...rest }: SimilarRequest,
  caller: Caller,
): Promise<Outcome<RecommendResponse>> {
  const asked = [...new Set(itemIds ?? [itemId as string])];
  const named = model === undefined ? {} : { model };
  const answer = await rankWith(deps, named, caller, async (situation, assortment) => {
    const events = asked.map((id): UserEvent => ({ itemId: id }));
    const wish = toWish({ ...rest, allowSeen: false }, events, situation.model, assortment, situation.nowMs);
    const list = await candidatesFor(situation.model, assortment, wish, asked);
    const unknownItems = asked.filter((id) => !isKnown(id, situation.model, assortment)).length;
    return {
      items: list.map((candidate) => toRecommendedItem(candidate, assortment)),
      ignored: { ...toIgnored(wish.history), unknownItems },
      ...noteOf(wish, unknownItems === asked.length, list),
    };
  });
  return answer.ok ? ok({ ...answer.value, requestId: caller.requestId }) : answer;
}

function isKnown(itemId: string, model: RankingModel, assortment: Assortment): boolean {
  return model.items.indexOf(itemId) !== undefined || assortment.find(itemId) !== undefined;
}

async function candidatesFor(
  model: RankingModel,
  assortment: Assortment,
  wish: Wish,
  asked: readonly string[],
): Promise<Candidate[]> {
  const byCustomers = wish.history.items.length === 0 ? [] : await personalCandidates(model, assortment, wish);
  const listed = new Set([...asked, ...byCustomers.map((candidate) => candidate.itemId)]);
  const byText = nearestByText(assortment, wish, asked).filter(({ itemId }) => !listed.has(itemId));
  return [...byCustomers, ...byText].slice(0, wish.k);
}

/** Known items that the words of the new ones among `asked` are like, by the greatest similarity. */
function nearestByText(assortment: Assortment, wish: Wish, asked: readonly string[]): Candidate[] {
  const nearest = new Map<string, Candidate>();
  const fresh = asked.some((id) => assortment.items.indexOf(id) === undefined) ? assortment.newItems() : [];
  for (const item of fresh.filter((candidate) => asked.includes(candidate.itemId))) {
    for (const { index, similarity } of item.nearest) {
      const itemId = assortment.items.ids[index] as string;
      const good = assortment.goodAt(index);
      if (wish.blocked.has(itemId) || !wish.filter.passes(good)) continue;
      if ((nearest.get(itemId)?.score ?? 0) >= similarity) continue;
      nearest.set(itemId, {
        itemId,
        good,
        score: similarity,
        cause: { kind: 'text', similarText: item.itemId, similarity },
      });
    }
  }
  return [...nearest.values()].sort((a, b) => b.score - a.score);
}

function noteOf({ filter, k }: Wish, areUnknown: boolean, list: readonly Candidate[]): { note?: string } {
  if (list.length >= k) return {};
  if (areUnknown) return { note: 'The model knows none of these items.' };
  if (list.length === 0 && filter.emptyBecause !== null) return { note: filter.emptyBecause };
  return { note: `Only ${list.length} items are like these, pass the filter and are not to be left out.` };
}
