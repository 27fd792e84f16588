import type { BlobStore } from '../ports/blob-store.ts';
import { listBlobs } from '../ports/list-all.ts';
import { eventsPrefix } from './customer-keys.ts';
import { type StoredEvent, StoredEventSchema } from './event.ts';
import { liveParts, readMerges } from './part-merges.ts';

/** A line is longer than an event can be: what is in it is not read. */
const MAX_LINE_CHARACTERS = 65_536;
/** A part expands to so much at most: what follows is not read. */
const MAX_PART_CHARACTERS = 64 * 1024 * 1024;

/** What of an event is read back; the rest of a line is not looked at. */
const ReadEventSchema = StoredEventSchema.pick({
  eventId: true,
  type: true,
  user: true,
  itemId: true,
  value: true,
  at: true,
  receivedAt: true,
  sessionId: true,
  recommendationId: true,
  properties: true,
});

export type ReadEvent = Omit<StoredEvent, 'skewSeconds'>;

/** A part of events as a listing knows it. */
export interface EventPart {
  readonly key: string;
  readonly sizeBytes: number;
}

/** Which parts there are, the newest days of arrival first as far as the limit goes. */
export interface EventPartList {
  readonly parts: readonly EventPart[];
  /** Parts, of the oldest days, that the limits left no room for. */
  readonly leftOut: number;
}

/** What of a tenant's events is read at most. */
export interface EventPartLimits {
  readonly maxParts: number;
  /** Compressed. */
  readonly maxBytes: number;
}

/** UTC days of arrival, `YYYY-MM-DD`, both included. */
export interface EventDays {
  readonly from: string;
  readonly to: string;
}

/** Lists a tenant's parts of events, all or those of some days: the newest days first, as far as the limits go. */
export async function listEventParts(
  store: BlobStore,
  tenant: string,
  limits: EventPartLimits,
  days?: EventDays,
): Promise<EventPartList> {
  // One listing for all days: listings are billed.
  const listed = (await listBlobs(store, eventsPrefix(tenant))).filter(
    ({ key }) => key.endsWith('.ndjson.gz') && (days === undefined || isWithin(dayOf(key), days)),
  );
  const live = await withoutReplaced(store, tenant, listed);
  const parts: EventPart[] = [];
  let bytes = 0;
  // Keys begin with the day, so that the last is of the newest.
  for (const part of live.reverse()) {
    bytes += part.sizeBytes;
    if (bytes > limits.maxBytes || parts.length === limits.maxParts) break;
    parts.push(part);
  }
  return { parts, leftOut: live.length - parts.length };
}

/** Parts that went into others, and are not deleted yet, would say everything twice. */
async function withoutReplaced(store: BlobStore, tenant: string, listed: readonly EventPart[]): Promise<EventPart[]> {
  const live: EventPart[] = [];
  for (const [date, parts] of Map.groupBy(listed, ({ key }) => dayOf(key))) {
    const names = parts.map(({ key }) => key.slice(key.lastIndexOf('/') + 1).replace('.ndjson.gz', ''));
    const { merges } = await readMerges(store, tenant, 'events', date);
    const kept = new Set(liveParts(names, merges));
    live.push(...parts.filter((_, place) => kept.has(names[place] as string)));
  }
  return live;
}

function dayOf(key: string): string {
  return /dt=([\d-]+)\//.exec(key)?.[1] ?? '';
}

function isWithin(day: string, { from, to }: EventDays): boolean {
  return from <= day && day <= to;
}

/** What was read of parts, and what could not be. */
export interface EventPartCounts {
  events: number;
  /** Lines that are no event of a schema this code knows. */
  badLines: number;
  /** Parts that are gone, are not gzip, or end too early; what came before the damage is read. */
  damagedParts: number;
}

/**
 * Hands each event of the parts to `take`, one part after the other, holding no more than a piece of one of them in memory. What
 * can't be read is counted, never thrown; a failure of the storage is thrown.
 */
export async function readEventParts(
  store: BlobStore,
  parts: readonly EventPart[],
  take: (event: ReadEvent) => void,
): Promise<EventPartCounts> {
  const counts: EventPartCounts = { events: 0, badLines: 0, damagedParts: 0 };
  for (const part of parts) {
    const found = await store.get(part.key);
    const isWhole = found.kind === 'found' && (await readPart(found.body, take, counts));
    if (!isWhole) counts.damagedParts++;
  }
  return counts;
}

/** Whether the part was whole. */
async function readPart(
  body: ReadableStream<Uint8Array>,
  take: (event: ReadEvent) => void,
  counts: EventPartCounts,
): Promise<boolean> {
  let rest = '';
  let characters = 0;
  for await (const piece of decompressed(body)) {
    if (piece === null) return false;
    characters += piece.length;
    if (characters > MAX_PART_CHARACTERS) return false;
    const lines = (rest + piece).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) readLine(line, take, counts);
    // What is too long for an event is counted as one when its end comes.
    if (rest.length > MAX_LINE_CHARACTERS) rest = rest.slice(0, MAX_LINE_CHARACTERS + 1);
  }
  readLine(rest, take, counts);
  return true;
}

/** The text of a gzip stream in pieces; `null` is its damage, and the end. Storage that breaks off is thrown. */
async function* decompressed(body: ReadableStream<Uint8Array>): AsyncGenerator<string | null> {
  const source = watched(body);
  const decoder = new TextDecoder();
  const reader = source.stream.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield decoder.decode(next.value, { stream: true });
    }
  } catch {
    if (source.failure()) throw source.failure();
    yield null;
    return;
  } finally {
    await reader.cancel().catch(() => {});
  }
  yield decoder.decode();
}

/** The stream, and the error that broke it: behind a decompressor it can't be told from damage. */
function watched(body: ReadableStream<Uint8Array>) {
  let broken: unknown;
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const next = await reader.read();
        if (next.done) controller.close();
        else controller.enqueue(new Uint8Array(next.value));
      } catch (error) {
        broken = error;
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { stream, failure: () => broken };
}

function readLine(line: string, take: (event: ReadEvent) => void, counts: EventPartCounts): void {
  if (line.trim() === '') return;
  const event = line.length > MAX_LINE_CHARACTERS ? null : parseEvent(line);
  if (!event) counts.badLines++;
  else {
    counts.events++;
    take(event);
  }
}

function parseEvent(line: string): ReadEvent | null {
  try {
    const parsed = ReadEventSchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as ReadEvent) : null;
  } catch {
    return null;
  }
}
