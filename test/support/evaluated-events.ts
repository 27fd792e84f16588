import { EvaluateRequestSchema, type EvaluationAnswer, EvaluationSchema } from '../../functions/evaluate/contract.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import type { ArmsDocument } from '../../shared/customer/arms.ts';
import { armsKey, tombstoneKey } from '../../shared/customer/customer-keys.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { makeRecommendationId } from '../../shared/customer/recommendation-id.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { NO_PACKS } from './no-packs.ts';
import { putEventPart } from './shop-events.ts';

export const EVENTS_CALLER = { tenant: 'acme', keyId: 'k1', requestId: 'r-12345678', defer: () => {} };
export const EVENTS_QUERY = { format: 'json' } as const;
/** The window of May; day 1 is its first. */
export const MAY = { from: '2026-05-01', to: '2026-06-01' };
const DAY_MS = 86_400_000;

/** What evaluating events needs, in memory. It is the end of June. */
export function eventsWorld() {
  const store = createMemoryBlobStore();
  const queue = createMemoryQueue<EvaluateMessage>();
  const clock: FakeClock = createFakeClock(Date.UTC(2026, 5, 30));
  let ids = 0;
  const deps = { store, queue, clock, log: () => {}, packs: NO_PACKS, newId: () => `${ids++}` };
  return { store, queue, clock, deps };
}

export type EventsWorld = ReturnType<typeof eventsWorld>;

/** Moment of a day of May 2026, 1 being the first; days before are 0 and less. */
export function onDay(day: number): string {
  return new Date(Date.UTC(2026, 3, 30) + day * DAY_MS).toISOString();
}

/** An event of a customer on a day of May, which arrived at once. */
export function eventOn(day: number, user: string | null, type: string, more: Partial<StoredEvent> = {}): StoredEvent {
  const at = onDay(day);
  const eventId = `${user} ${type} ${day}`;
  return { eventId, type, ...(user === null ? {} : { user }), itemId: 'mug', at, receivedAt: at, ...more };
}

/** Stores events in a part for each day of arrival. */
export async function storeEvents(store: BlobStore, events: readonly StoredEvent[]): Promise<void> {
  for (const [day, ofDay] of Map.groupBy(events, ({ receivedAt }) => receivedAt.slice(0, 10)))
    await putEventPart(store, ofDay, day);
}

/** A recommendation of an arm, or of the model alone. */
export function shownBy(arm?: string): { readonly recommendationId: string } {
  const origin = { model: 'own', version: '1.0.0', atMs: 1, ...(arm === undefined ? {} : { arm }) };
  return { recommendationId: makeRecommendationId(origin, (count) => new Uint8Array(count)) };
}

export async function putArms(store: BlobStore, name: string, arms: Readonly<Record<string, number>>) {
  const document: ArmsDocument = {
    schemaVersion: 1,
    revision: 'r1',
    salt: name,
    arms: Object.entries(arms).map(([arm, weight]) => ({ name: arm, weight, model: 'own', settings: {} })),
  };
  await store.put(armsKey('acme', name), toJsonBytes(document));
  return document;
}

export async function erase(store: BlobStore, user: string): Promise<void> {
  await store.put(tombstoneKey('acme', user), toJsonBytes({ schemaVersion: 1, erasedAt: onDay(40) }));
}

/** A pseudonym such as collect makes them. */
export async function pseudonymOf(name: string): Promise<string> {
  return (await sha256Hex(name)).slice(0, 32);
}

/** The answer at once, or in words why there is none. */
export async function evaluateEvents(
  { deps }: EventsWorld,
  task: string,
  events: object,
  settings: object = {},
): Promise<EvaluationAnswer | string> {
  const source = { events: { window: MAY, ...events } };
  const parsed = EvaluateRequestSchema.safeParse({ task, source, settings });
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const answer = await evaluate(deps, { request: parsed.data }, EVENTS_QUERY, EVENTS_CALLER);
  return answer.ok ? EvaluationSchema.parse(answer.value) : answer.failure.detail;
}

/** Cells of a table by the first one. */
export function tableOf(answer: EvaluationAnswer, name: string): Record<string, readonly unknown[]> {
  const rows = answer.tables?.[name]?.rows ?? [];
  return Object.fromEntries(rows.map(([first, ...rest]) => [String(first), rest]));
}
