import type { EventColumns } from './event-log.ts';
import { decayAt } from './interactions.ts';
import { bestItems, type ItemModel, type ItemModelSettings, learnItemModel, type Workspace } from './item-model.ts';
import { addScores } from './neighbours.ts';
import { type MeanWithInterval, meanWithInterval, ndcgAt } from './ranking-quality.ts';

/** Share of the time that is learned from; the rest, the newest, is held out. */
const LEARNED_SHARE = 0.8;
const K = 10;
/** With fewer customers a figure would say nothing. */
const MIN_USERS = 30;
/** More customers narrow the interval little and cost time: of more, every n-th is asked. */
const MAX_USERS = 2_000;

/** How well the newest part of the events is foretold from what was before it. */
export interface CalendarEvaluation {
  /** Customers asked: those with items before the cut and new ones after it, at most 2,000. */
  readonly users: number;
  readonly cutMs: number;
  readonly model: MeanWithInterval;
  readonly popularity: MeanWithInterval;
}

/**
 * nDCG@10 over all items of the model but those that the customer had before (full ranking, new items only), learned from the
 * first 80 % of the time between the first event and the last. An item nobody had before the cut can't be foretold and isn't asked
 * for. `null` where fewer than 30 customers can be asked.
 */
export async function evaluateByCalendar(
  events: EventColumns,
  settings: ItemModelSettings,
  workspace: Workspace,
): Promise<CalendarEvaluation | null> {
  const [firstMs, lastMs] = timeSpan(events);
  const cutMs = firstMs + LEARNED_SHARE * (lastMs - firstMs);
  const model = await learnItemModel(events, settings, cutMs, workspace);
  if (!model) return null;
  const questions = questionsOf(events, settings, model, cutMs);
  if (questions.length < MIN_USERS) return null;
  const step = Math.ceil(questions.length / MAX_USERS);
  const figures = questions.filter((_, n) => n % step === 0).map((question) => judge(model, question));
  return {
    users: figures.length,
    cutMs,
    model: meanWithInterval(figures.map((figure) => figure.model)),
    popularity: meanWithInterval(figures.map((figure) => figure.popularity)),
  };
}

/** Time of the first event and of the last. */
export function timeSpan(events: EventColumns): [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const timeMs of events.timesMs) {
    first = Math.min(first, timeMs);
    last = Math.max(last, timeMs);
  }
  return [first, last];
}

/** What a customer had before the cut. */
interface Past {
  /** As a pack's caller weighs it: of the events of one item the greatest weight × decay counts; the newest items. */
  readonly history: readonly { readonly item: number; readonly weight: number }[];
  readonly seen: ReadonlySet<number>;
}

/** A customer who can be asked: the past, and the items of the model that came new after the cut. */
interface Question extends Past {
  readonly wanted: ReadonlySet<number>;
}

function judge(model: ItemModel, question: Question): { readonly model: number; readonly popularity: number } {
  const scores = new Float64Array(model.items.length);
  addScores(model.neighbours, question.history, scores);
  return {
    model: ndcgAt(K, bestItems(scores, question.seen, K), question.wanted),
    popularity: ndcgAt(K, mostPopular(model, question.seen), question.wanted),
  };
}

/** Items are numbered by popularity. */
function mostPopular(model: ItemModel, seen: ReadonlySet<number>): number[] {
  const first: number[] = [];
  for (let item = 0; item < model.items.length && first.length < K; item++) if (!seen.has(item)) first.push(item);
  return first;
}

function questionsOf(events: EventColumns, settings: ItemModelSettings, model: ItemModel, cutMs: number): Question[] {
  const places = new Map([...model.items].map((item, place) => [item, place]));
  const questions: Question[] = [];
  for (let start = 0, end = 0; start < events.count; start = end) {
    while (end < events.count && events.users[end] === events.users[start]) end++;
    const past = pastOf(events, start, end, settings, places, cutMs);
    const wanted = new Set<number>();
    for (let row = start; row < end; row++) {
      const place = places.get(events.items[row] as number);
      if (place === undefined || (events.timesMs[row] as number) < cutMs || weightOf(events, row, settings) === 0)
        continue;
      if (!past.seen.has(place)) wanted.add(place);
    }
    if (past.seen.size > 0 && wanted.size > 0) questions.push({ ...past, wanted });
  }
  return questions;
}

function pastOf(
  events: EventColumns,
  start: number,
  end: number,
  settings: ItemModelSettings,
  places: ReadonlyMap<number, number>,
  cutMs: number,
): Past {
  const items = new Map<number, { item: number; weight: number; lastMs: number }>();
  for (let row = start; row < end; row++) {
    const item = places.get(events.items[row] as number);
    const timeMs = events.timesMs[row] as number;
    const weight = weightOf(events, row, settings) * decayAt(cutMs - timeMs, settings.halfLifeDays);
    if (item === undefined || timeMs >= cutMs || weight === 0) continue;
    const known = items.get(item);
    const lastMs = Math.max(known?.lastMs ?? timeMs, timeMs);
    items.set(item, { item, weight: Math.max(known?.weight ?? 0, weight), lastMs });
  }
  const newestFirst = [...items.values()].sort((a, b) => b.lastMs - a.lastMs || a.item - b.item);
  return { history: newestFirst.slice(0, settings.maxHistory), seen: new Set(items.keys()) };
}

function weightOf(events: EventColumns, row: number, { eventWeights }: ItemModelSettings): number {
  return Math.max(0, eventWeights[events.types[events.typeIndexes[row] as number] as string] ?? 0);
}
