import type { EventColumns } from './event-log.ts';

const DAY_MS = 86_400_000;

/** How events become a matrix. */
export interface InteractionSettings {
  /** What an event of each type counts; types that are not named, or count 0 or less, are left out. */
  readonly eventWeights: Readonly<Record<string, number>>;
  /** An event this old counts half; `null`: age does not matter. */
  readonly halfLifeDays: number | null;
  /** Only events before this moment; ages are counted from it. */
  readonly untilMs: number;
  /** Items a user counts at most, those of the greatest value: a robot or a reseller must not be most of what is learned. */
  readonly maxItemsPerUser: number;
}

/** A sparse matrix of users and items in rows (CSR): the items of user `u` are those from `starts[u]` to `starts[u + 1]`. */
export interface Interactions {
  readonly userCount: number;
  readonly itemCount: number;
  readonly starts: Uint32Array;
  /** Item of each entry; a user has an item once. */
  readonly items: Uint32Array;
  /** From 0 to 1: the greatest of what the user's events on the item count. */
  readonly values: Float64Array;
}

/**
 * One entry for each user and item: the greatest weight × decay of their events, so that what is done often counts no more than
 * what is done once. The heaviest type that occurs counts 1.
 */
export function toInteractions(events: EventColumns, settings: InteractionSettings): Interactions {
  const weights = scaledWeights(events, settings);
  const starts = new Uint32Array(events.userCount + 1);
  const items = new Uint32Array(events.count);
  const values = new Float64Array(events.count);
  let filled = 0;
  for (let row = 0, user = 0; user < events.userCount; user++) {
    const start = filled;
    for (; row < events.count && events.users[row] === user; row++) {
      const value = entryValue(events, row, weights, settings);
      if (!(value > 0)) continue;
      const item = events.items[row] as number;
      if (filled > start && items[filled - 1] === item)
        values[filled - 1] = Math.max(values[filled - 1] as number, value);
      else {
        items[filled] = item;
        values[filled++] = value;
      }
    }
    filled = start + keepGreatest(items, values, start, filled, settings.maxItemsPerUser);
    starts[user + 1] = filled;
  }
  return {
    userCount: events.userCount,
    itemCount: events.itemIds.length,
    starts,
    items: items.slice(0, filled),
    values: values.slice(0, filled),
  };
}

/** The matrix with the items of the other way round: the users of item `i` are those from `starts[i]` to `starts[i + 1]`. */
export function transposed(matrix: Interactions): Interactions {
  const starts = new Uint32Array(matrix.itemCount + 1);
  for (const item of matrix.items) starts[item + 1] = (starts[item + 1] as number) + 1;
  for (let item = 0; item < matrix.itemCount; item++) {
    starts[item + 1] = (starts[item + 1] as number) + (starts[item] as number);
  }
  const next = starts.slice();
  const items = new Uint32Array(matrix.items.length);
  const values = new Float64Array(matrix.items.length);
  for (let user = 0; user < matrix.userCount; user++) {
    for (let entry = matrix.starts[user] as number; entry < (matrix.starts[user + 1] as number); entry++) {
      const item = matrix.items[entry] as number;
      const place = next[item] as number;
      next[item] = place + 1;
      items[place] = user;
      values[place] = matrix.values[entry] as number;
    }
  }
  return { userCount: matrix.itemCount, itemCount: matrix.userCount, starts, items, values };
}

/** Sum of each item's entries: with a half-life, its time-decayed popularity, each user counting once. */
export function itemSums(matrix: Interactions): Float64Array {
  const sums = new Float64Array(matrix.itemCount);
  for (const [entry, item] of matrix.items.entries()) {
    sums[item] = (sums[item] as number) + (matrix.values[entry] as number);
  }
  return sums;
}

/** The matrix of only these items, renumbered in the order given. */
export function selectItems(matrix: Interactions, chosen: Uint32Array): Interactions {
  const places = new Int32Array(matrix.itemCount).fill(-1);
  for (const [place, item] of chosen.entries()) places[item] = place;
  const starts = new Uint32Array(matrix.userCount + 1);
  const items = new Uint32Array(matrix.items.length);
  const values = new Float64Array(matrix.items.length);
  let filled = 0;
  for (let user = 0; user < matrix.userCount; user++) {
    for (let entry = matrix.starts[user] as number; entry < (matrix.starts[user + 1] as number); entry++) {
      const place = places[matrix.items[entry] as number] as number;
      if (place < 0) continue;
      items[filled] = place;
      values[filled++] = matrix.values[entry] as number;
    }
    starts[user + 1] = filled;
  }
  const itemCount = chosen.length;
  return {
    userCount: matrix.userCount,
    itemCount,
    starts,
    items: items.slice(0, filled),
    values: values.slice(0, filled),
  };
}

function entryValue(events: EventColumns, row: number, weights: Float64Array, settings: InteractionSettings): number {
  const ageMs = settings.untilMs - (events.timesMs[row] as number);
  if (ageMs <= 0) return 0;
  return (weights[events.typeIndexes[row] as number] as number) * decayAt(ageMs, settings.halfLifeDays);
}

/** What something this old counts: 0.5^(age ÷ half-life), 1 where age does not matter. */
export function decayAt(ageMs: number, halfLifeDays: number | null): number {
  return halfLifeDays === null ? 1 : 0.5 ** (ageMs / DAY_MS / halfLifeDays);
}

function scaledWeights(events: EventColumns, { eventWeights }: InteractionSettings): Float64Array {
  const weights = Float64Array.from(events.types, (type) => Math.max(0, eventWeights[type] ?? 0));
  const greatest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  return greatest > 0 ? weights.map((weight) => weight / greatest) : weights;
}

/** Leaves the `limit` greatest of the entries in their order, ties to the first, and says how many there are now. */
function keepGreatest(items: Uint32Array, values: Float64Array, start: number, end: number, limit: number): number {
  if (end - start <= limit) return end - start;
  const order = Uint32Array.from({ length: end - start }, (_, index) => start + index);
  order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const kept = order.subarray(0, limit).sort();
  for (const [place, entry] of kept.entries()) {
    items[start + place] = items[entry] as number;
    values[start + place] = values[entry] as number;
  }
  return limit;
}
