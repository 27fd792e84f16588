import { agesCountFromMs, type HistoryEvent, repeatBonus, weighHistory } from '../../shared/model/history-weights.ts';
import type { RecommenderDescription } from '../../shared/model/manifest.ts';
import type { Ranking } from '../../shared/model/ranking-graph.ts';
import type { RankingModel } from '../../shared/model/recommender-model.ts';

const LEFT_OUT = Number.NEGATIVE_INFINITY;

/** A user at the moment of a recommendation. */
export interface Visit {
  /** What the user did before. */
  readonly events: readonly HistoryEvent[];
  readonly nowMs: number;
}

type Repeat = RecommenderDescription['repeat'];

/**
 * Ids of the `k` items that `POST /v1/recommend` gives without a filter, the best first: those that the history speaks for, then the most
 * popular. With `allowSeen`, items of the history may come again, as the pack says.
 */
export async function recommendItems(
  model: RankingModel,
  { events, nowMs }: Visit,
  k: number,
  allowSeen: boolean,
): Promise<string[]> {
  const { items, settings } = model;
  const history = weighHistory(events, settings, items.indexOf, agesCountFromMs(settings, nowMs));
  const ids = (indexes: readonly number[]) => indexes.map((index) => items.ids[index] as string);
  if (history.items.length === 0) return ids([...items.byPopularity.subarray(0, k)]);
  const repeat = allowSeen && history.items.some(({ repeats }) => repeats > 0) ? settings.repeat : undefined;
  const bias = biasOf(model, repeat, allowSeen ? [] : history.older);
  const ranking = await model.rank({
    historyIds: history.items.map(({ index }) => index),
    historyWeights: history.items.map(({ weight }) => weight),
    historyBias: history.items.map((item) => (allowSeen ? (repeat ? repeatBonus(item, repeat) : 0) : LEFT_OUT)),
    itemBias: bias,
    k,
  });
  const personal = [...ranking.ids].filter((index, place) => {
    const parts = partsAt(ranking, place, history.items.length);
    const own = history.items.find((item) => item.index === index);
    const prior = (repeat?.popularityWeight ?? 0) * (items.popularity[index] as number);
    // Else it is in the ranking only because nothing better was left.
    return prior > 0 || parts.some((part) => part > 0) || (own && repeat ? repeatBonus(own, repeat) > 0 : false);
  });
  const listed = new Set([...personal, ...history.items.map(({ index }) => index), ...history.older]);
  const popular = items.byPopularity.filter((index) => !listed.has(index)).subarray(0, k - personal.length);
  return ids([...personal, ...popular]);
}

/** What is added to all items: their popularity where repeats compete with it; null adds nothing. */
function biasOf({ items }: RankingModel, repeat: Repeat, leftOut: readonly number[]): Float32Array | null {
  if (!repeat && leftOut.length === 0) return null;
  const bias = Float32Array.from(items.popularity, (popularity) => (repeat?.popularityWeight ?? 0) * popularity);
  for (const index of leftOut) bias[index] = LEFT_OUT;
  return bias;
}

/** The part of the score at a place that comes from each item of the history. */
function partsAt({ contributions }: Ranking, place: number, width: number): Float32Array {
  return contributions.subarray(place * width, (place + 1) * width);
}
