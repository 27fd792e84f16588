import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import { erasedPrefix } from '../../shared/customer/customer-keys.ts';
import {
  type EventPart,
  type EventPartCounts,
  listEventParts,
  type ReadEvent,
  readEventParts,
} from '../../shared/customer/event-parts.ts';
import { MAX_ARMS } from '../../shared/metrics/marketing/arms.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import type { EventPlan } from './event-plan.ts';
import { createEventRows, type RowsAccount } from './event-rows.ts';
import { createGatherer, type Gathered } from './gather-rows.ts';
import { RowsError } from './row-reader.ts';
import type { BoundTask } from './tasks.ts';

/**
 * What one evaluation reads of a tenant's events: about 1.7 million, and half of the calls that a Worker may make. Beyond it, it is
 * refused: without some of its days a window is another one.
 */
export const EVENT_LIMITS = { maxParts: 5_000, maxBytes: 128 * 1024 * 1024 };
/** Times that parts are listed anew because they were merged while they were read. */
const MAX_TRIES = 4;
const DAY_MS = 86_400_000;

/** Events of the window and how many there were. */
export interface EventCounts extends EventPartCounts {
  readonly parts: number;
  inWindow: number;
  ofErased: number;
  withoutUser: number;
}

export interface GatheredEvents extends Gathered {
  readonly account: RowsAccount;
  readonly counts: EventCounts;
}

/** The parts in which the plan's events may be, and the customers whose events don't count. */
export interface EventsFound {
  readonly parts: readonly EventPart[];
  readonly erased: ReadonlySet<string>;
}

/** Days before the window whose events the task looks at. */
function leadDays({ task, settings, events }: Pick<EventPlan, 'task' | 'settings' | 'events'>): number {
  if (task !== 'attribution') return events.covariateDays ?? 0;
  const { clickWindowDays = 0, viewWindowDays = 0 } = settings as Readonly<Record<string, number>>;
  return Math.max(clickWindowDays, viewWindowDays);
}

export async function findEvents(
  store: BlobStore,
  tenant: string,
  plan: Pick<EventPlan, 'task' | 'settings' | 'events'>,
): Promise<Outcome<EventsFound>> {
  const { window, lateDays } = plan.events;
  const days = {
    from: utcDate(Date.parse(window.from) - leadDays(plan) * DAY_MS),
    to: utcDate(Date.parse(window.to) + lateDays * DAY_MS),
  };
  const { parts, leftOut } = await listEventParts(store, tenant, EVENT_LIMITS, days);
  if (leftOut > 0) {
    const { maxParts, maxBytes } = EVENT_LIMITS;
    const detail = `The days from ${days.from} to ${days.to} have ${parts.length + leftOut} parts of events; one evaluation reads ${maxParts} parts and ${maxBytes} bytes of them. Ask for a shorter window.`;
    return fail({ kind: 'too-large', detail, limitBytes: maxBytes });
  }
  const tombstones = await listBlobs(store, erasedPrefix(tenant));
  const erased = tombstones.map(({ key }) => key.slice(key.lastIndexOf('/') + 1, -'.json'.length));
  return ok({ parts, erased: new Set(erased) });
}

/** The rows that the plan's events come to; `known` is what was found of them just now. Parts that were merged in between are listed again; what can't be read is counted. */
export async function gatherEvents(
  store: BlobStore,
  tenant: string,
  plan: EventPlan,
  task: BoundTask,
  known: EventsFound | null = null,
): Promise<Outcome<GatheredEvents>> {
  for (let attempt = 1; ; attempt++) {
    const found = attempt === 1 && known ? ok(known) : await findEvents(store, tenant, plan);
    if (!found.ok) return found;
    const gathered = await readFound(store, plan, task, found.value);
    if (!gathered.ok || gathered.value.counts.damagedParts === 0) return gathered;
    if (await areListed(store, tenant, plan, found.value.parts)) return gathered;
    if (attempt === MAX_TRIES)
      throw new StorageError('get', `parts of events of ${tenant}, which are merged all the time`);
  }
}

async function areListed(
  store: BlobStore,
  tenant: string,
  plan: EventPlan,
  parts: readonly EventPart[],
): Promise<boolean> {
  const found = await findEvents(store, tenant, plan);
  const there = new Set(found.ok ? found.value.parts.map(({ key }) => key) : []);
  return parts.every(({ key }) => there.has(key));
}

async function readFound(
  store: BlobStore,
  plan: EventPlan,
  task: BoundTask,
  { parts, erased }: EventsFound,
): Promise<Outcome<GatheredEvents>> {
  const gatherer = createGatherer(task, { columns: {}, slices: [], maxRejected: plan.maxRejected });
  let place = 0;
  const give = (row: Readonly<Record<string, unknown>>) => gatherer.element(row, ++place);
  const rows = createEventRows(plan, give);
  const skipped = { inWindow: 0, ofErased: 0, withoutUser: 0 };
  const timed = timer(plan);
  try {
    const read = await readEventParts(store, parts, (event) => {
      const taken = timed(event);
      if (taken === null) return;
      const isErased = event.user !== undefined && erased.has(event.user);
      if (taken.isInWindow) {
        skipped.inWindow++;
        if (isErased) skipped.ofErased++;
        if (event.user === undefined) skipped.withoutUser++;
      }
      if (!isErased) rows.take(taken);
    });
    const account = rows.close(give);
    const counts = { ...read, ...skipped, parts: parts.length };
    if (account.arms !== null && account.arms.length > MAX_ARMS) return tooManyArms(account.arms);
    if (place === 0) return nothing(plan, counts);
    return ok({ ...gatherer.finish(), columns: {}, account, counts });
  } catch (error) {
    if (error instanceof RowsError) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** The event with its moment, or null where the plan does not look at it. */
function timer(plan: EventPlan) {
  const fromMs = Date.parse(plan.events.window.from);
  const toMs = Date.parse(plan.events.window.to);
  const asOfMs = Date.parse(plan.asOf);
  const firstMs = fromMs - leadDays(plan) * DAY_MS;
  return (event: ReadEvent) => {
    const receivedMs = Date.parse(event.receivedAt);
    // A sender's clock that is ahead must not move its events into the future.
    const atMs = Math.min(Date.parse(event.at), receivedMs);
    if (receivedMs > asOfMs || atMs < firstMs || atMs >= toMs) return null;
    return { event, atMs, isInWindow: atMs >= fromMs };
  };
}

function tooManyArms(arms: readonly string[]): Outcome<never> {
  const shown = arms.slice(0, 5).map((arm) => `"${arm.slice(0, 40)}"`);
  const message = `there are more than ${MAX_ARMS} arms, such as ${shown.join(', ')}; take arms by experiment, or versions: false`;
  return invalidField('source.events.arms', message);
}

function nothing({ events }: EventPlan, { inWindow, ofErased, withoutUser }: EventCounts): Outcome<never> {
  const { from, to } = events.window;
  const why =
    events.arms === undefined ? 'none of them is a touch or a sale' : 'none of them puts a customer into an arm';
  const message = `has ${inWindow} events from ${from} to ${to} (${ofErased} of erased customers, ${withoutUser} without a customer), and ${why}`;
  return invalidField('source.events', message);
}
