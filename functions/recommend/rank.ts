import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { repeatBonus, type WeighedHistory } from '../../shared/model/history-weights.ts';
import type { RankingModel } from '../../shared/model/recommender-model.ts';
import { type RecommendDeps, rankWith, toIgnored } from './answer.ts';
import type { Assortment } from './assortment.ts';
import { type Candidate, scoreNewItem, toRecommendedItem } from './candidate.ts';
import type { RankRequest, RankResponse } from './contract.ts';
import { knownCandidates } from './personal.ts';
import { type Repeat, repeatOf, weigh } from './wish.ts';

/** Orders the candidates for a user; none is left out, not even those of the history. */
export async function rank(deps: RecommendDeps, request: RankRequest, caller: Caller): Promise<Outcome<RankResponse>> {
  const candidates = [...new Set(request.candidates)];
  const answer = await rankWith(deps, request, caller, async ({ model, events, nowMs }, assortment) => {
    const history = weigh(events, model, nowMs, request.sessionWeight);
    const scored =
      history.items.length === 0
        ? byPopularity(model, assortment, candidates)
        : await byHistory(
            model,
            assortment,
            candidates,
            history,
            request.allowSeen ? repeatOf(history, model) : undefined,
          );
    const listed = new Set(scored.map(({ itemId }) => itemId));
    const unknown = candidates.filter((itemId) => !listed.has(itemId));
    return {
      items: [
        ...scored.map((candidate) => toRecommendedItem(candidate, assortment)),
        ...unknown.map((itemId) => ({ itemId, reasons: [] })),
      ],
      ignored: { ...toIgnored(history), ...(unknown.length > 0 ? { unknownCandidates: unknown.length } : {}) },
      ...noteOf(history.items.length, events.length),
    };
  });
  return answer.ok ? ok({ ...answer.value, requestId: caller.requestId }) : answer;
}

async function byHistory(
  model: RankingModel,
  assortment: Assortment,
  candidates: readonly string[],
  history: WeighedHistory,
  repeat: Repeat | undefined,
): Promise<Candidate[]> {
  const { items } = model;
  const itemBias = new Float32Array(items.count).fill(Number.NEGATIVE_INFINITY);
  const indexes = candidates.flatMap((itemId) => items.indexOf(itemId) ?? []);
  const popularityWeight = repeat?.popularityWeight ?? 0;
  const priorAt = (index: number) => popularityWeight * (items.popularity[index] as number);
  for (const index of indexes) itemBias[index] = priorAt(index);
  const fresh = newAmong(assortment, candidates);
  const masks = {
    historyIds: history.items.map((item) => item.index),
    historyWeights: history.items.map((item) => item.weight),
    historyBias: history.items.map((item) => (repeat ? repeatBonus(item, repeat) : 0)),
    itemBias,
  };
  const k = Math.max(1, indexes.length);
  const ranking = await model.rank({ ...masks, k, wantsItemScores: fresh.length > 0 });
  const known = knownCandidates(ranking, masks, assortment, history.items, popularityWeight);
  const { itemScores } = ranking;
  const scored = fresh.flatMap(
    (item) => scoreNewItem(item, items, (index) => (itemScores?.[index] ?? 0) + priorAt(index)) ?? [],
  );
  return [...known, ...scored].sort((a, b) => b.score - a.score);
}

function byPopularity(model: RankingModel, assortment: Assortment, candidates: readonly string[]): Candidate[] {
  const popularityAt = (index: number) => model.items.popularity[index] as number;
  const known = candidates.flatMap((itemId): Candidate[] => {
    const index = model.items.indexOf(itemId);
    if (index === undefined) return [];
    const popularity = popularityAt(index);
    const cause = { kind: 'popularity', popularity, category: undefined } as const;
    return [{ itemId, good: assortment.goodAt(index), score: popularity, cause }];
  });
  const fresh = newAmong(assortment, candidates).flatMap((item) => scoreNewItem(item, model.items, popularityAt) ?? []);
  return [...known, ...fresh].sort((a, b) => b.score - a.score);
}

function newAmong(assortment: Assortment, candidates: readonly string[]) {
  const wanted = new Set(candidates.filter((itemId) => assortment.items.indexOf(itemId) === undefined));
  return wanted.size === 0 ? [] : assortment.newItems().filter((item) => wanted.has(item.itemId));
}

function noteOf(knownItems: number, eventCount: number): { note?: string } {
  if (knownItems > 0) return {};
  const why = eventCount === 0 ? 'No history is known' : `None of ${eventCount} events counts for this model`;
  return { note: `${why}: the order is by popularity.` };
}
