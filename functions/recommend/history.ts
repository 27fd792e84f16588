import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { ProfileContent } from '../../shared/customer/profile.ts';
import { readProfile } from '../../shared/customer/profile-store.ts';
import type { Pseudonymizer } from '../../shared/customer/pseudonym.ts';
import type { HistoryEvent } from '../../shared/model/history-weights.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { HistoryEntry, UserRequest } from './contract.ts';

export interface HistoryDeps {
  readonly store: BlobStore;
  /** `null` where the deployment has no secret for pseudonyms: then no user is known by id. */
  readonly pseudonymizer: Pseudonymizer | null;
}

/** Who asks and what they did. */
export interface UserHistory {
  /** Stands for the user where there is one. */
  readonly pseudonym: string | null;
  readonly events: readonly UserEvent[];
}

export interface UserEvent extends HistoryEvent {
  readonly value?: number | undefined;
}

type Asked = Pick<UserRequest, 'userId' | 'history' | 'context' | 'sessionWeight'>;

/**
 * What happened in so long is the present session (the usual time-out of web analytics), however it hangs together: whether an event
 * counts must not hang on another, or reasons would not be true.
 */
const SESSION_MS = 30 * 60_000;
export const PURCHASE = 'purchase';

/**
 * The events of the request, of its context and of the user's profile (one read of storage), the newest first. Those given
 * beside a `userId` are the present session; else what happened in the last half hour is.
 */
export async function readHistory(
  deps: HistoryDeps,
  tenant: string,
  { userId, history = [], context, sessionWeight = 1 }: Asked,
  nowMs: number,
): Promise<Outcome<UserHistory>> {
  const isSession = userId !== undefined;
  const given: UserEvent[] = history.map((entry) =>
    typeof entry === 'string' ? { itemId: entry, isSession } : { ...toEvent(entry), isSession },
  );
  for (const itemId of context?.itemIds ?? []) given.unshift({ itemId, isSession: true });
  if (userId === undefined) return ok({ pseudonym: null, events: withSession(given, sessionWeight, nowMs) });
  if (deps.pseudonymizer === null) {
    return invalidField('userId', 'no user is known by id here, as PSEUDONYM_SECRET is not set; send a "history"');
  }
  const pseudonym = await deps.pseudonymizer.pseudonym(tenant, userId);
  const { content } = await readProfile(deps.store, tenant, pseudonym);
  const stored = profileEvents(content);
  const events = given.length > 0 ? [...given, ...stored] : withSession(stored, sessionWeight, nowMs);
  return ok({ pseudonym, events });
}

function toEvent(entry: Exclude<HistoryEntry, string>): UserEvent {
  const { itemId, type, value, at } = entry;
  return { itemId, type, value, atMs: at === undefined ? undefined : Date.parse(at) };
}

function profileEvents({ events }: ProfileContent): UserEvent[] {
  const all = Object.entries(events).flatMap(([type, list]) =>
    list.map(({ itemId, value, at }) => ({ itemId, type, value, atMs: Date.parse(at) })),
  );
  return all.sort((a, b) => b.atMs - a.atMs);
}

/** The same events, those of the present session marked; as they are where that makes no difference. */
function withSession(events: readonly UserEvent[], sessionWeight: number, nowMs: number): readonly UserEvent[] {
  if (sessionWeight === 1) return events;
  return events.map((event) => ({ ...event, isSession: nowMs - (event.atMs ?? nowMs) <= SESSION_MS }));
}

/** What was bought in the last days. */
export function boughtWithin(events: readonly UserEvent[], days: number, nowMs: number): string[] {
  const since = nowMs - days * 86_400_000;
  return events.filter(({ type, atMs }) => type === PURCHASE && (atMs ?? nowMs) >= since).map(({ itemId }) => itemId);
}
