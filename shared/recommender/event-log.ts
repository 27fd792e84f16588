/** An event as far as a recommender learns from it. */
export interface LearningEvent {
  readonly eventId: string;
  /** Whoever the event belongs to: a customer's pseudonym, or a session where there is none. */
  readonly userId: string;
  readonly itemId: string;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What a log holds at most; it takes about 40 bytes an event, and the texts of the ids. */
export interface EventLogLimits {
  /** The newest of the events are kept. */
  readonly maxEvents: number;
  /** Users and items that are told apart; events of others, in the order of arrival, are left out. */
  readonly maxUsers: number;
  readonly maxItems: number;
}

/**
 * Events in columns, distinct, in the order of user, item, time, type: the same events give the same columns, in whatever order
 * they came.
 */
export interface EventColumns {
  readonly count: number;
  readonly userCount: number;
  /** Ids by index, in code-unit order. */
  readonly itemIds: readonly string[];
  readonly types: readonly string[];
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly typeIndexes: Uint8Array;
  readonly timesMs: Float64Array;
}

/** What became of the events that a log was given. */
export interface EventLogCounts {
  readonly taken: number;
  /** Older than the newest `maxEvents`. */
  readonly tooOld: number;
  /** Of a user, an item or a type beyond those that are told apart. */
  readonly beyondLimits: number;
  readonly repeated: number;
}

export interface EventLog {
  add(event: LearningEvent): void;
  /** The events in order; the log is empty afterwards. */
  close(): { readonly columns: EventColumns; readonly counts: EventLogCounts };
}

/** Types are kept in a byte. */
const MAX_TYPES = 256;

interface Rows {
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly types: Uint8Array;
  readonly timesMs: Float64Array;
  /** Digests of the events' ids, which tell a repeated event from a second one of the same moment. */
  readonly digests: Int32Array;
}

/** Collects events in bounded memory: when it is full, the oldest quarter goes. */
export function createEventLog(limits: EventLogLimits): EventLog {
  const capacity = limits.maxEvents + Math.max(1, limits.maxEvents >> 2);
  const userIndexes = new Map<string, number>();
  const itemIndexes = new Map<string, number>();
  const typeIndexes = new Map<string, number>();
  let rows = createRows(Math.min(capacity, 4096));
  let count = 0;
  let taken = 0;
  let tooOld = 0;
  let beyondLimits = 0;

  const keepNewest = (): void => {
    const kept = newestRows(rows, count, limits.maxEvents);
    tooOld += count - kept.length;
    rows = pickRows(rows, kept, rows.users.length);
    count = kept.length;
  };

  return {
    add(event) {
      const user = indexOf(userIndexes, event.userId, limits.maxUsers);
      const item = indexOf(itemIndexes, event.itemId, limits.maxItems);
      const type = indexOf(typeIndexes, event.type, MAX_TYPES);
      taken++;
      if (user === null || item === null || type === null) {
        beyondLimits++;
        return;
      }
      if (count === capacity) keepNewest();
      if (count === rows.users.length) rows = grownRows(rows, Math.min(capacity, count * 2));
      rows.users[count] = user;
      rows.items[count] = item;
      rows.types[count] = type;
      rows.timesMs[count] = event.atMs;
      rows.digests[count] = digestOf(event.eventId);
      count++;
    },
    close() {
      if (count > limits.maxEvents) keepNewest();
      const before = count;
      const columns = orderedColumns(rows, count, userIndexes, itemIndexes, typeIndexes);
      rows = createRows(0);
      count = 0;
      return { columns, counts: { taken, tooOld, beyondLimits, repeated: before - columns.count } };
    },
  };
}

function createRows(capacity: number): Rows {
  return {
    users: new Uint32Array(capacity),
    items: new Uint32Array(capacity),
    types: new Uint8Array(capacity),
    timesMs: new Float64Array(capacity),
    digests: new Int32Array(capacity),
  };
}

function grownRows(rows: Rows, capacity: number): Rows {
  const grown = createRows(Math.max(capacity, 1));
  grown.users.set(rows.users);
  grown.items.set(rows.items);
  grown.types.set(rows.types);
  grown.timesMs.set(rows.timesMs);
  grown.digests.set(rows.digests);
  return grown;
}

function pickRows(rows: Rows, picked: Uint32Array, capacity: number): Rows {
  const result = createRows(capacity);
  for (let to = 0; to < picked.length; to++) {
    const from = picked[to] as number;
    result.users[to] = rows.users[from] as number;
    result.items[to] = rows.items[from] as number;
    result.types[to] = rows.types[from] as number;
    result.timesMs[to] = rows.timesMs[from] as number;
    result.digests[to] = rows.digests[from] as number;
  }
  return result;
}

/** Rows of the newest `limit` events; of equal times those of the greater digest, so that it never depends on arrival. */
function newestRows(rows: Rows, count: number, limit: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  order.sort((a, b) => at(rows.timesMs, b) - at(rows.timesMs, a) || at(rows.digests, b) - at(rows.digests, a));
  return order.subarray(0, limit);
}

/** The index of a text, given out in the order of arrival; `null` where there are `limit` others. */
function indexOf(indexes: Map<string, number>, text: string, limit: number): number | null {
  const known = indexes.get(text);
  if (known !== undefined) return known;
  if (indexes.size >= limit) return null;
  indexes.set(text, indexes.size);
  return indexes.size - 1;
}

function orderedColumns(
  rows: Rows,
  count: number,
  userIndexes: ReadonlyMap<string, number>,
  itemIndexes: ReadonlyMap<string, number>,
  typeIndexes: ReadonlyMap<string, number>,
): EventColumns {
  const users = ranksOf(userIndexes, rows.users, count);
  const items = ranksOf(itemIndexes, rows.items, count);
  const types = ranksOf(typeIndexes, rows.types, count);
  const key = { users: users.ranks, items: items.ranks, types: types.ranks, rows };
  const order = distinctOrder(key, count);
  return {
    count: order.length,
    userCount: users.texts.length,
    itemIds: items.texts,
    types: types.texts,
    users: order.map((row) => at(users.ranks, at(rows.users, row))),
    items: order.map((row) => at(items.ranks, at(rows.items, row))),
    typeIndexes: Uint8Array.from(order, (row) => at(types.ranks, at(rows.types, row))),
    timesMs: Float64Array.from(order, (row) => at(rows.timesMs, row)),
  };
}

/** Texts that rows still name, sorted, and the place of each among them by its index. */
function ranksOf(
  indexes: ReadonlyMap<string, number>,
  used: Uint32Array | Uint8Array,
  count: number,
): { readonly texts: readonly string[]; readonly ranks: Uint32Array } {
  const isUsed = new Uint8Array(indexes.size);
  for (let row = 0; row < count; row++) isUsed[at(used, row)] = 1;
  const sorted = [...indexes].filter(([, index]) => isUsed[index] === 1).sort(([a], [b]) => (a < b ? -1 : 1));
  const ranks = new Uint32Array(indexes.size);
  for (const [rank, [, index]] of sorted.entries()) ranks[index] = rank;
  return { texts: sorted.map(([text]) => text), ranks };
}

interface SortKey {
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly types: Uint32Array;
  readonly rows: Rows;
}

/** Rows in the order of user, item, time, type and digest, without those that repeat the one before. */
function distinctOrder(key: SortKey, count: number): Uint32Array {
  const { rows } = key;
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  const compare = (a: number, b: number): number =>
    at(key.users, at(rows.users, a)) - at(key.users, at(rows.users, b)) ||
    at(key.items, at(rows.items, a)) - at(key.items, at(rows.items, b)) ||
    at(rows.timesMs, a) - at(rows.timesMs, b) ||
    at(key.types, at(rows.types, a)) - at(key.types, at(rows.types, b)) ||
    at(rows.digests, a) - at(rows.digests, b);
  order.sort(compare);
  return order.filter((row, place) => place === 0 || compare(at(order, place - 1), row) !== 0);
}

/** FNV-1a over UTF-16 code units, 32 bits (draft-eastlake-fnv): only has to differ between events that are alike in all else. */
function digestOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

function at(values: Uint32Array | Uint8Array | Int32Array | Float64Array, index: number): number {
  return values[index] as number;
}
