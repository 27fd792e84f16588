import type { RecommenderDescription } from './manifest.ts';

/** One thing that a user did, as far as recommending needs to know. */
export interface HistoryEvent {
  readonly itemId: string;
  /** Absent: counts 1, whatever the pack's weights. */
  readonly type?: string | undefined;
  /** Absent or in the future: now. */
  readonly atMs?: number | undefined;
  /** Whether it belongs to what the user does at the moment. */
  readonly isSession?: boolean | undefined;
}

/** All that a history says of one item. */
export interface WeighedItem {
  /** The pack's index. */
  readonly index: number;
  weight: number;
  /** Events of the type that counts most: a purchase says that there may be another, a view does not. */
  repeats: number;
  /** Sum over these of 0.5^(age ÷ half-life), by the half-life of repeats. */
  recency: number;
  /** Time of its newest event, to order items by; of one without a time later than all others. */
  lastAtMs: number;
}

export interface WeighedHistory {
  /** Each item once, the newest first, at most the pack's `maxHistory`. */
  readonly items: readonly WeighedItem[];
  /** Indexes of items that are older than these: seen all the same. */
  readonly older: readonly number[];
  /** Events of items that the pack does not know. */
  readonly unknownItems: number;
  /** Events of types that count nothing. */
  readonly weightlessEvents: number;
}

const DAY_MS = 86_400_000;
const WITHOUT_TIME = Number.MAX_SAFE_INTEGER;

/**
 * A history as a pack reads it. Each event counts (weight of its type) × 0.5^(age ÷ half-life), those of the session
 * `sessionWeight` times as much; of several events of one item the one that counts most, as in training a pair of user and item
 * is one. Order of the events does not matter where they have times; those without are now, in the order given, the newest first.
 */
export function weighHistory(
  events: readonly HistoryEvent[],
  settings: Pick<RecommenderDescription, 'eventWeights' | 'historyHalfLifeDays' | 'maxHistory' | 'repeat'>,
  indexOf: (itemId: string) => number | undefined,
  nowMs: number,
  sessionWeight = 1,
): WeighedHistory {
  const byIndex = new Map<number, WeighedItem>();
  const repeatHalfLifeDays = settings.repeat?.recencyHalfLifeDays ?? null;
  const greatestWeight = Math.max(...Object.values(settings.eventWeights));
  let unknownItems = 0;
  let weightlessEvents = 0;
  for (const event of events) {
    const typeWeight = event.type === undefined ? 1 : weightOf(settings.eventWeights, event.type);
    const index = indexOf(event.itemId);
    if (index === undefined) unknownItems++;
    else if (typeWeight === 0) weightlessEvents++;
    else {
      const ageDays = Math.max(0, nowMs - (event.atMs ?? nowMs)) / DAY_MS;
      const weight = typeWeight * decay(ageDays, settings.historyHalfLifeDays) * (event.isSession ? sessionWeight : 1);
      const isRepeatable = event.type !== undefined && typeWeight === greatestWeight;
      add(byIndex, index, weight, isRepeatable ? decay(ageDays, repeatHalfLifeDays) : null, event.atMs ?? WITHOUT_TIME);
    }
  }
  const items = newestFirst([...byIndex.values()]);
  const { maxHistory } = settings;
  return {
    items: items.length > maxHistory ? items.slice(0, maxHistory) : items,
    older: items.length > maxHistory ? items.slice(maxHistory).map((item) => item.index) : [],
    unknownItems,
    weightlessEvents,
  };
}

/**
 * The moment that ages are counted from. Time stands still for a pack after the newest event that it learned from, or else histories
 * of orders that were imported long after would count nothing; what happened since is new. It depends on nothing in the history:
 * without one of its events the others count what they did, which makes reasons true.
 */
export function agesCountFromMs({ trainedUntil }: Pick<RecommenderDescription, 'trainedUntil'>, nowMs: number): number {
  return trainedUntil === undefined ? nowMs : Math.min(nowMs, Date.parse(trainedUntil));
}

function weightOf(eventWeights: Readonly<Record<string, number>>, type: string): number {
  return Object.hasOwn(eventWeights, type) ? (eventWeights[type] as number) : 0;
}

/** `recency` is null for an event that says nothing of repeats. */
function add(
  byIndex: Map<number, WeighedItem>,
  index: number,
  weight: number,
  recency: number | null,
  atMs: number,
): void {
  let item = byIndex.get(index);
  if (!item) {
    item = { index, weight, repeats: 0, recency: 0, lastAtMs: atMs };
    byIndex.set(index, item);
  }
  item.weight = Math.max(item.weight, weight);
  if (atMs > item.lastAtMs) item.lastAtMs = atMs;
  if (recency === null) return;
  item.repeats++;
  item.recency += recency;
}

/** 0.5^(age ÷ half-life); 1 where age does not matter. */
function decay(ageDays: number, halfLifeDays: number | null): number {
  return halfLifeDays === null ? 1 : 0.5 ** (ageDays / halfLifeDays);
}

/** Sorted where it isn't; the order of equal times stays. */
function newestFirst(items: WeighedItem[]): WeighedItem[] {
  const isSorted = items.every((item, at) => at === 0 || item.lastAtMs <= (items[at - 1] as WeighedItem).lastAtMs);
  return isSorted ? items : items.sort((a, b) => b.lastAtMs - a.lastAtMs);
}

/** What is added to the score of an item that the user had before: for each purchase (see `repeats`) countWeight + recencyWeight × its recency. */
export function repeatBonus(item: WeighedItem, repeat: NonNullable<RecommenderDescription['repeat']>): number {
  return repeat.countWeight * item.repeats + repeat.recencyWeight * item.recency;
}
