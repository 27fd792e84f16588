import { z } from 'zod';
import { sha256Hex } from '../core/hex.ts';
import { KNOWN_EVENT_TYPES, type StoredEvent } from './event.ts';

/** Events of each type that a profile remembers: the newest. */
export const EVENTS_A_TYPE = 200;
/** Types of a shop's own that a profile remembers: the first ones by name, so that it never depends on the order of arrival. */
const OWN_TYPES = 8;
const KNOWN_TYPES: ReadonlySet<string> = new Set(KNOWN_EVENT_TYPES);
/** What was merely shown says nothing of what the customer wants. */
const FORGOTTEN_TYPES = new Set(['impression']);

/** Hexadecimal digits of an event's id: a profile's few thousand events share one with a chance of 10⁻¹³. */
const ID_DIGITS = 20;

/** What a profile keeps of one event. */
export const ProfileEventSchema = z.object({
  /** Digest of the event's id. */
  id: z.string(),
  itemId: z.string(),
  value: z.number().optional(),
  at: z.iso.datetime(),
});

/**
 * `profiles/{hh}/{pseudonym}.json`, schema version 1: the newest events of a customer by type, newest first. It is the union of
 * all events received, cut to the newest of each type: so events may come twice, late, in any order and in any groups, and the
 * profile is the same (a join semilattice: Shapiro et al. 2011, "Conflict-free replicated data types").
 */
export const ProfileSchema = z.object({
  schemaVersion: z.literal(1),
  /** Fresh on every write, as ETags may repeat. */
  revision: z.string().min(1),
  /** Version of the secret that made the pseudonym. */
  keyVersion: z.int(),
  /** The customer was erased: what happened or was received up to this moment never counts again. */
  erasedAt: z.iso.datetime().optional(),
  events: z.record(z.string(), z.array(ProfileEventSchema)),
});

export type ProfileEvent = z.infer<typeof ProfileEventSchema>;
export type Profile = z.infer<typeof ProfileSchema>;

/** A profile's content, apart from what only its writing decides. */
export type ProfileContent = Pick<Profile, 'erasedAt' | 'events'>;

export const EMPTY_PROFILE: ProfileContent = { events: {} };

/** An accepted event on its way into its profile. */
export interface IncomingEvent extends ProfileEvent {
  readonly type: string;
  readonly receivedAt: string;
}

export async function toIncomingEvent(event: StoredEvent): Promise<IncomingEvent> {
  return {
    id: (await sha256Hex(event.eventId)).slice(0, ID_DIGITS),
    type: event.type,
    itemId: event.itemId,
    ...(event.value === undefined ? {} : { value: event.value }),
    at: event.at,
    receivedAt: event.receivedAt,
  };
}

/** The profile with the events in it, or the same object where they change nothing. */
export function applyEvents(profile: ProfileContent, incoming: readonly IncomingEvent[]): ProfileContent {
  const events = new Map(Object.entries(profile.events));
  let isChanged = false;
  for (const [type, arrived] of Map.groupBy(incoming.filter(counts(profile)), (event) => event.type)) {
    if (FORGOTTEN_TYPES.has(type)) continue;
    const before = events.get(type) ?? [];
    const after = newest([...before, ...arrived.map(withoutTransport)]);
    if (isSame(before, after)) continue;
    events.set(type, after);
    isChanged = true;
  }
  return isChanged ? { ...profile, events: Object.fromEntries(remembered(events)) } : profile;
}

/** The profile of an erased customer: empty, and deaf to what was received before. */
export function erase(profile: ProfileContent, nowIso: string): ProfileContent {
  const erasedAt = profile.erasedAt !== undefined && profile.erasedAt > nowIso ? profile.erasedAt : nowIso;
  return { erasedAt, events: {} };
}

/** Whether an erased customer's event may count: one that came before, late, or once more in an old file, may not. */
export function countsAfter(erasedAt: string | undefined, event: Pick<StoredEvent, 'at' | 'receivedAt'>): boolean {
  if (erasedAt === undefined) return true;
  const erasedMs = Date.parse(erasedAt);
  return Date.parse(event.receivedAt) > erasedMs && Date.parse(event.at) > erasedMs;
}

function counts({ erasedAt }: ProfileContent): (event: IncomingEvent) => boolean {
  return (event) => countsAfter(erasedAt, event);
}

function withoutTransport({ id, itemId, value, at }: IncomingEvent): ProfileEvent {
  return { id, itemId, ...(value === undefined ? {} : { value }), at };
}

/** Distinct events, newest first; of equal times the smaller id first, so that the order never depends on arrival. */
function newest(events: readonly ProfileEvent[]): ProfileEvent[] {
  const distinct = new Map<string, ProfileEvent>();
  for (const event of events) {
    const other = distinct.get(event.id);
    // A sender that uses an id twice for different events: the same one of them stays, whichever came first.
    if (!other || JSON.stringify(event) < JSON.stringify(other)) distinct.set(event.id, event);
  }
  const order = (a: ProfileEvent, b: ProfileEvent) => Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? -1 : 1);
  return [...distinct.values()].sort(order).slice(0, EVENTS_A_TYPE);
}

function remembered(events: ReadonlyMap<string, ProfileEvent[]>): [string, ProfileEvent[]][] {
  const types = [...events.keys()].sort();
  const own = types.filter((type) => !KNOWN_TYPES.has(type)).slice(0, OWN_TYPES);
  return types
    .filter((type) => KNOWN_TYPES.has(type) || own.includes(type))
    .map((type) => [type, events.get(type) as ProfileEvent[]]);
}

function isSame(a: readonly ProfileEvent[], b: readonly ProfileEvent[]): boolean {
  return a.length === b.length && a.every((event, index) => event === b[index]);
}
