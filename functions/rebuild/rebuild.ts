import type { Outcome } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { KnownItem } from '../../shared/customer/catalogue.ts';
import { readCatalogue } from '../../shared/customer/catalogue-reader.ts';
import { erasedPrefix } from '../../shared/customer/customer-keys.ts';
import {
  type EventPartCounts,
  type EventPartLimits,
  type EventPartList,
  listEventParts,
  type ReadEvent,
  readEventParts,
} from '../../shared/customer/event-parts.ts';
import { assembleOwnRecommender, isRebuilt, type OwnRecommenderPack } from '../../shared/model/own-recommender.ts';
import { createOwnVersions, type OwnVersions } from '../../shared/model/own-versions.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Coordinator } from '../../shared/ports/coordinator.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { evaluateByCalendar, timeSpan } from '../../shared/recommender/calendar-evaluation.ts';
import {
  createEventLog,
  type EventColumns,
  type EventLog,
  type EventLogCounts,
  type EventLogLimits,
} from '../../shared/recommender/event-log.ts';
import { type ItemModelSettings, learnItemModel } from '../../shared/recommender/item-model.ts';
import { tileBytes } from '../../shared/recommender/symmetric-tiles.ts';

/** What a rebuild needs. */
export interface RebuildDeps {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly coordinator: Coordinator;
  /** A fresh text on each call: names the holder of a lease, and revisions. */
  readonly newId: () => string;
}

/** How much of a tenant's events a rebuild takes. What goes beyond is left out, counted and told in the manifest. */
export interface RebuildLimits extends EventPartLimits, EventLogLimits {
  /** Items of the pack, the most popular. */
  readonly maxPackItems: number;
  /** The most popular of them, solved together: that takes time as the cube of their number, and memory as its square. */
  readonly maxSolvedItems: number;
}

/**
 * For a Worker: 128 MB of memory, 30 s of CPU time unless more is configured, 10,000 subrequests.
 * https://developers.cloudflare.com/workers/platform/limits/
 */
export const WORKER_LIMITS: RebuildLimits = {
  maxParts: 5_000,
  maxBytes: 64 * 1024 * 1024,
  maxEvents: 500_000,
  maxUsers: 100_000,
  maxItems: 50_000,
  maxPackItems: 10_000,
  maxSolvedItems: 2_000,
};

/** What became of a rebuild. */
export type Rebuilt =
  /** A pack was made, and requests for the tenant's own model are answered by it. */
  | { readonly kind: 'rebuilt'; readonly version: string; readonly events: number; readonly items: number }
  /** What it would be made from, or what comes of it, is as it was for this version. */
  | { readonly kind: 'unchanged'; readonly version: string }
  /** A pack that was not made here, such as a training job's, serves: it stays. */
  | { readonly kind: 'superseded'; readonly version: string }
  /** No event yet from which something could be learned. */
  | { readonly kind: 'nothing-to-learn' };

/** As long as a Worker may run by cron; a rebuild that dies leaves the tenant without one for this long. */
const LEASE_SECONDS = 900;

/** What events count, if they count at all. */
const EVENT_WEIGHTS = { view: 1, click: 1, rating: 1, like: 3, share: 3, follow: 3, cart: 3, purchase: 5 };

/**
 * Half-lives, L2 and the number of neighbours were chosen on a validation part of uci-online-retail: events until 64 % of the time
 * to learn from, until 80 % to ask for.
 */
const SETTINGS = {
  eventWeights: EVENT_WEIGHTS,
  halfLifeDays: 90,
  popularityHalfLifeDays: 14,
  maxHistory: 200,
  maxItemsPerUser: 500,
  relativeL2: 6,
  cosineScale: 0.02,
  neighbours: 100,
};

/**
 * Makes a recommender from a tenant's own events: time-decayed popularity, items bought together, and a small item model; with
 * its quality on the newest events, and without a training job. It becomes the tenant's pack `own` and serves at once, unless a
 * pack of a training job does. Only one rebuild of a tenant runs at a time; whoever comes second gets `conflict`.
 */
export async function rebuildRecommender(
  deps: RebuildDeps,
  tenant: string,
  limits: RebuildLimits = WORKER_LIMITS,
): Promise<Outcome<Rebuilt>> {
  const lease = { name: `recommender-rebuild/${tenant}`, owner: deps.newId() };
  const claim = await deps.coordinator.claim(lease.name, lease.owner, LEASE_SECONDS);
  if (claim.kind === 'taken') return isRunning(tenant);
  const holdsLease = async () => {
    const renewed = await deps.coordinator.claim(lease.name, lease.owner, LEASE_SECONDS);
    return renewed.kind === 'claimed' && renewed.fence === claim.fence;
  };
  try {
    return await rebuild(deps, tenant, limits, holdsLease);
  } finally {
    await deps.coordinator.release(lease.name, lease.owner);
  }
}

async function rebuild(
  deps: RebuildDeps,
  tenant: string,
  limits: RebuildLimits,
  holdsLease: () => Promise<boolean>,
): Promise<Outcome<Rebuilt>> {
  const versions = createOwnVersions(deps.store, deps.clock, deps.newId, tenant);
  const production = await versions.production();
  if (!production.ok) return production;
  const { version: served, manifest } = production.value;
  if (served !== null && manifest && !isRebuilt(manifest)) return ok({ kind: 'superseded', version: served });
  const source = await readSource(deps.store, tenant, limits);
  // A version whose pack is gone serves nobody: it is made again.
  const current = manifest ? served : null;
  if (current !== null && (await versions.readRebuiltFrom()) === wordOf(current, source)) {
    return ok({ kind: 'unchanged', version: current });
  }
  const learned = await learn(deps, source, limits);
  if (!learned) return ok({ kind: 'nothing-to-learn' });
  if (!(await holdsLease())) return isRunning(tenant);
  const { version, recommender } = learned.pack.manifest;
  const isNew = version !== current;
  const service = isNew ? await putToService(versions, learned.pack, served) : ok(null);
  if (!service.ok) return service;
  await versions.writeRebuiltFrom(wordOf(version, source));
  if (!isNew) return ok({ kind: 'unchanged', version });
  return ok({ kind: 'rebuilt', version, events: learned.events, items: recommender?.itemCount ?? 0 });
}

async function putToService(
  versions: OwnVersions,
  pack: OwnRecommenderPack,
  served: string | null,
): Promise<Outcome<unknown>> {
  await versions.write(pack);
  const { version } = pack.manifest;
  const moved = version === served ? ok(null) : await versions.serve(version, served);
  if (moved.ok) await versions.deleteOld();
  return moved;
}

/** What a pack is made from. */
interface Source {
  readonly parts: EventPartList;
  readonly erased: ReadonlySet<string>;
  readonly catalogue: readonly KnownItem[];
  readonly settings: ItemModelSettings;
  /** Of all the above. */
  readonly digest: string;
}

/** What is remembered of a rebuild. */
function wordOf(version: string, { digest }: Source): string {
  return `${version} from ${digest}`;
}

async function readSource(store: BlobStore, tenant: string, limits: RebuildLimits): Promise<Source> {
  const parts = await listEventParts(store, tenant, limits);
  const erased = new Set((await listBlobs(store, erasedPrefix(tenant))).map(({ key }) => pseudonymOf(key)));
  const catalogue = await readCatalogue(store, tenant, null);
  const settings = { ...SETTINGS, maxItems: limits.maxPackItems, solvedItems: limits.maxSolvedItems };
  const keys = parts.parts.map((part) => part.key);
  const said = { keys, erased: [...erased], catalogue: catalogue?.revision ?? null, settings, limits };
  return { parts, erased, catalogue: catalogue?.items ?? [], settings, digest: await sha256Hex(JSON.stringify(said)) };
}

async function learn(
  deps: RebuildDeps,
  source: Source,
  limits: RebuildLimits,
): Promise<{ readonly pack: OwnRecommenderPack; readonly events: number } | null> {
  const { columns, account } = await readEvents(deps.store, source, limits);
  if (columns.count === 0) return null;
  const { settings, catalogue } = source;
  const untilMs = timeSpan(columns)[1];
  const solved = Math.min(settings.solvedItems, columns.itemIds.length);
  // The evaluation's matrix and the model's lie in the same memory, one after the other.
  const workspace = { memory: new Float64Array(tileBytes(solved) / 8), pause: () => deps.clock.sleep(0) };
  const evaluation = await evaluateByCalendar(columns, settings, workspace);
  const model = await learnItemModel(columns, settings, untilMs + 1, workspace);
  if (!model) return null;
  const itemIds = Array.from(model.items, (item) => columns.itemIds[item] as string);
  const { droppedItems, solvedItems } = model;
  const pack = await assembleOwnRecommender({
    ...{ model, itemIds, settings, evaluation, untilMs, catalogue },
    account: { events: { ...account, learnedFrom: columns.count }, items: { droppedItems, solvedItems } },
  });
  return { pack, events: columns.count };
}

/** Events that take no part, by why. */
interface Skipped {
  erasedUsers: number;
  withoutUser: number;
  weightless: number;
}

async function readEvents(
  store: BlobStore,
  { parts, erased }: Source,
  limits: RebuildLimits,
): Promise<{
  readonly columns: EventColumns;
  readonly account: EventPartCounts & EventLogCounts & Skipped & { readonly partsLeftOut: number };
}> {
  const log = createEventLog(limits);
  const skipped: Skipped = { erasedUsers: 0, withoutUser: 0, weightless: 0 };
  const read = await readEventParts(store, parts.parts, (event) => {
    const why = addEvent(log, event, erased);
    if (why !== null) skipped[why]++;
  });
  const { columns, counts } = log.close();
  return { columns, account: { ...read, ...skipped, ...counts, partsLeftOut: parts.leftOut } };
}

/** Why the event was not taken, or null. */
function addEvent(log: EventLog, event: ReadEvent, erased: ReadonlySet<string>): keyof Skipped | null {
  const { eventId, type, user, itemId, sessionId } = event;
  if (user !== undefined && erased.has(user)) return 'erasedUsers';
  if (!Object.hasOwn(EVENT_WEIGHTS, type)) return 'weightless';
  const userId = user ?? (sessionId === undefined ? null : `session ${sessionId}`);
  if (userId === null) return 'withoutUser';
  // A sender's clock that is ahead must not make its events the newest for ever.
  const atMs = Math.min(Date.parse(event.at), Date.parse(event.receivedAt));
  log.add({ eventId, userId, itemId, type, atMs });
  return null;
}

/** The last part of a tombstone's key, without its ending. */
function pseudonymOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1, -'.json'.length);
}

function isRunning(tenant: string): Outcome<never> {
  return fail({ kind: 'conflict', detail: `A rebuild of the recommender of ${tenant} is running.` });
}
