import { inParallel, PARALLEL_CALLS } from '../../shared/core/in-parallel.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { acknowledgementKey, partKey } from '../../shared/customer/customer-keys.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { readPart } from '../../shared/customer/parts.ts';
import { describeError } from '../../shared/http/request-log.ts';
import type { Verdict } from '../../shared/ports/queue.ts';
import { applyToProfiles } from './apply-to-profiles.ts';
import type { CollectDeps } from './deps.ts';
import { mergeItems } from './merge-items.ts';
import { type Erased, isErased } from './merge-parts.ts';
import { type CollectMessage, CollectMessageSchema } from './message.ts';
import { markErasurePending } from './privacy-records.ts';

/**
 * Customers whose profiles one delivery writes at most, each with a read and a write: platforms bound the calls of an invocation.
 * A single part may have more.
 */
const MAX_USERS_A_DELIVERY = 1_000;

const DONE: Verdict = { kind: 'done' };
const AGAIN_SECONDS = 5;
const NEXT_TIME: Verdict = { kind: 'retry', afterSeconds: 1 };

/** A part to be applied; `places` are the messages that point at it. */
interface Delivered {
  readonly message: CollectMessage;
  readonly places: number[];
}

/** What becomes of the messages of one delivery, by their place. */
type Verdicts = Map<number, Verdict>;

/**
 * Makes parts take effect: events in their customers' profiles, items in the catalogue; then acknowledges each part. Every step may
 * be done twice, and every write but the last may be lost: the effects are the same.
 */
export async function consume(deps: CollectDeps, messages: readonly unknown[]): Promise<Verdict[]> {
  const verdicts: Verdicts = new Map();
  for (const [tenant, delivered] of Map.groupBy(findParts(deps, messages, verdicts), ({ message }) => message.tenant)) {
    const waiting = await withoutAcknowledged(deps, delivered, verdicts);
    await settle(deps, waiting, verdicts, 'events', (parts) => consumeEvents(deps, tenant, parts, verdicts));
    await settle(deps, waiting, verdicts, 'items', (parts) => consumeItems(deps, tenant, parts, verdicts));
  }
  return messages.map((_, place) => verdicts.get(place) ?? again());
}

/** Does the work for the parts of a family; where storage fails, those that have no verdict yet come back. */
async function settle(
  deps: CollectDeps,
  delivered: readonly Delivered[],
  verdicts: Verdicts,
  family: CollectMessage['family'],
  work: (parts: readonly Delivered[]) => Promise<void>,
): Promise<void> {
  const parts = delivered.filter(({ message }) => message.family === family);
  if (parts.length === 0) return;
  try {
    await work(parts);
  } catch (error) {
    deps.log({ event: 'incident', what: `parts of ${family} could not be applied`, error: describeError(error) });
    for (const { places } of parts) for (const place of places) if (!verdicts.has(place)) verdicts.set(place, again());
  }
}

/** Each part once, although several messages may point at it. What is no message of ours never will be one. */
function findParts(deps: CollectDeps, messages: readonly unknown[], verdicts: Verdicts): Delivered[] {
  const parts = new Map<string, Delivered>();
  for (const [place, message] of messages.entries()) {
    const parsed = CollectMessageSchema.safeParse(message);
    if (!parsed.success) {
      deps.log({ event: 'incident', what: 'a message that is not understood was dropped' });
      verdicts.set(place, DONE);
      continue;
    }
    const { family, tenant, date, sha256 } = parsed.data;
    const key = partKey(tenant, family, date, sha256);
    const known = parts.get(key);
    if (known) known.places.push(place);
    else parts.set(key, { message: parsed.data, places: [place] });
  }
  return [...parts.values()];
}

async function withoutAcknowledged(
  deps: CollectDeps,
  delivered: readonly Delivered[],
  verdicts: Verdicts,
): Promise<Delivered[]> {
  const found = await inParallel(delivered, async ({ message: { tenant, date, sha256 } }) => {
    const acknowledged = await deps.store.head(acknowledgementKey(tenant, date, sha256)).catch(() => null);
    return acknowledged?.kind === 'found';
  });
  for (const [at, part] of delivered.entries()) if (found[at]) judge(verdicts, part, DONE);
  return delivered.filter((_, at) => !found[at]);
}

async function consumeEvents(
  deps: CollectDeps,
  tenant: string,
  delivered: readonly Delivered[],
  verdicts: Verdicts,
): Promise<void> {
  const taken = await takeEvents(deps, delivered, verdicts);
  const outcome = await applyToProfiles(
    deps,
    tenant,
    taken.flatMap(({ events }) => events),
  );
  await inParallel(taken, async ({ part, events }) => {
    if (events.some(({ user }) => user !== undefined && outcome.failed.has(user))) {
      judge(verdicts, part, again());
      return;
    }
    await markErased(deps, tenant, events, outcome.erased);
    await acknowledge(deps, part.message, { events: events.length });
    judge(verdicts, part, DONE);
  });
}

interface Taken {
  readonly part: Delivered;
  readonly events: readonly StoredEvent[];
}

/** The events of as many parts as one delivery may apply, a few read at a time; the other parts come again. */
async function takeEvents(deps: CollectDeps, delivered: readonly Delivered[], verdicts: Verdicts): Promise<Taken[]> {
  const taken: Taken[] = [];
  const users = new Set<string>();
  for (let at = 0; at < delivered.length; at += PARALLEL_CALLS) {
    const parts = delivered.slice(at, at + PARALLEL_CALLS);
    const read = await inParallel(parts, ({ message }) => readPart<StoredEvent>(deps.store, keyOf(message)));
    for (const [place, part] of parts.entries()) {
      const events = read[place] ?? null;
      // Parts are durable before they are queued and go only after they took effect: in others, or by an erasure.
      if (events === null) judge(verdicts, part, DONE);
      else if (taken.length > 0 && countWith(users, events) > MAX_USERS_A_DELIVERY) judge(verdicts, part, NEXT_TIME);
      else {
        for (const { user } of events) if (user !== undefined) users.add(user);
        taken.push({ part, events });
      }
    }
  }
  return taken;
}

async function consumeItems(
  deps: CollectDeps,
  tenant: string,
  delivered: readonly Delivered[],
  verdicts: Verdicts,
): Promise<void> {
  const merged = await mergeItems(
    deps,
    tenant,
    delivered.map(({ message }) => keyOf(message)),
  );
  for (const part of delivered) {
    if (merged) await acknowledge(deps, part.message, {});
    judge(verdicts, part, merged ? DONE : again());
  }
}

function keyOf({ tenant, family, date, sha256 }: CollectMessage): string {
  return partKey(tenant, family, date, sha256);
}

function countWith(users: ReadonlySet<string>, events: readonly StoredEvent[]): number {
  const more = new Set(events.flatMap(({ user }) => (user === undefined || users.has(user) ? [] : [user])));
  return users.size + more.size;
}

/** Lines that came late, or once more, of customers who were erased: they are to be taken out again. */
async function markErased(
  deps: CollectDeps,
  tenant: string,
  events: readonly StoredEvent[],
  erased: Erased,
): Promise<void> {
  const users = new Set(events.filter((event) => isErased(event, erased)).flatMap(({ user }) => user ?? []));
  for (const user of users) await markErasurePending(deps, tenant, user, erased[user] as string);
}

/** The last write: what is acknowledged took effect. */
async function acknowledge(
  deps: CollectDeps,
  { tenant, date, sha256 }: CollectMessage,
  facts: { readonly events?: number },
): Promise<void> {
  const body = toJsonBytes({ schemaVersion: 1, at: new Date(deps.clock.now()).toISOString(), ...facts });
  await deps.store.put(acknowledgementKey(tenant, date, sha256), body);
}

function judge(verdicts: Verdicts, { places }: Delivered, verdict: Verdict): void {
  for (const place of places) verdicts.set(place, verdict);
}

function again(): Verdict {
  return { kind: 'retry', afterSeconds: AGAIN_SECONDS };
}
