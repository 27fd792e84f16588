import {
  agesCountFromMs,
  type HistoryEvent,
  type WeighedHistory,
  weighHistory,
} from '../../shared/model/history-weights.ts';
import type { RecommenderDescription } from '../../shared/model/manifest.ts';
import type { RankingModel } from '../../shared/model/recommender-model.ts';
import type { Assortment } from './assortment.ts';
import type { UserRequest } from './contract.ts';
import { type CompiledFilter, filterOf } from './filter.ts';
import { boughtWithin, type UserEvent } from './history.ts';

const DEFAULT_K = 10;

export type Repeat = NonNullable<RecommenderDescription['repeat']>;

/** A request for one user, worked out against a model and an assortment. */
export interface Wish {
  readonly k: number;
  readonly history: WeighedHistory;
  readonly filter: CompiledFilter;
  /** Left out whatever else holds. */
  readonly blocked: ReadonlySet<string>;
  /** Items of the history that the pack does not know, left out too unless seen ones are allowed. */
  readonly seen: ReadonlySet<string>;
  readonly allowSeen: boolean;
  /** How items that may come again are ranked, where the pack says it and something was had that may be had again. */
  readonly repeat: Repeat | undefined;
  /** What an item has by its popularity alone, where repeats compete with all others. */
  readonly popularityWeight: number;
  readonly interests: readonly string[];
  readonly diversity: number;
  readonly maxPerCategory: number | undefined;
}

export function toWish(
  request: UserRequest,
  events: readonly UserEvent[],
  model: RankingModel,
  assortment: Assortment,
  nowMs: number,
): Wish {
  const { rules = {} } = request;
  const history = weigh(events, model, nowMs, request.sessionWeight);
  const allowSeen = request.allowSeen ?? false;
  const repeat = allowSeen ? repeatOf(history, model) : undefined;
  const popularityWeight = repeat?.popularityWeight ?? 0;
  const blocked = new Set<string>();
  for (const list of [request.exclude, rules.alreadyMailed, request.context?.itemIds]) {
    for (const itemId of list ?? []) blocked.add(itemId);
  }
  if (rules.notBoughtWithinDays !== undefined) {
    for (const itemId of boughtWithin(events, rules.notBoughtWithinDays, nowMs)) blocked.add(itemId);
  }
  return {
    k: request.k ?? DEFAULT_K,
    history,
    filter: filterOf(assortment, request.filter, popularityWeight),
    blocked,
    seen: allowSeen ? NONE : new Set(events.filter(({ itemId }) => isNew(model, itemId)).map(({ itemId }) => itemId)),
    allowSeen,
    repeat,
    popularityWeight,
    interests: request.interests ?? [],
    diversity: request.diversity ?? 0,
    maxPerCategory: rules.maxPerCategory,
  };
}

/** The pack's rules of repeats, if something in the history says that it may be had again. */
export function repeatOf(history: WeighedHistory, { settings }: RankingModel): Repeat | undefined {
  return history.items.some((item) => item.repeats > 0) ? settings.repeat : undefined;
}

const NONE: ReadonlySet<string> = new Set();

export function weigh(
  events: readonly HistoryEvent[],
  { settings, items }: RankingModel,
  nowMs: number,
  sessionWeight?: number,
): WeighedHistory {
  return weighHistory(events, settings, items.indexOf, agesCountFromMs(settings, nowMs), sessionWeight);
}

function isNew({ items }: RankingModel, itemId: string): boolean {
  return items.indexOf(itemId) === undefined;
}
