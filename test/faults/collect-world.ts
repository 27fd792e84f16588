import { collectEvents } from '../../functions/collect/collect.ts';
import { consume } from '../../functions/collect/consume.ts';
import type { CollectDeps } from '../../functions/collect/deps.ts';
import type { CollectMessage } from '../../functions/collect/message.ts';
import { tick } from '../../functions/collect/tick.ts';
import { eraseUser } from '../../functions/collect/users.ts';
import { ok } from '../../shared/core/result.ts';
import { partKey } from '../../shared/customer/customer-keys.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { listDays, listLiveParts, readPart } from '../../shared/customer/parts.ts';
import { readProfile } from '../../shared/customer/profile-store.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createRandom } from '../support/random.ts';
import { CALM, createSimulation, type FaultRates, type SimulatedPorts, type Simulation } from './simulation.ts';

const TENANT = 'acme';
const USERS = ['ann', 'ben', 'cy'];
const ITEMS = ['mug', 'lamp', 'vase', 'clock'];
const STEPS = 120;
const ROUGH: FaultRates = {
  failBefore: 0.03,
  failAfter: 0.03,
  crash: 0.02,
  throttle: 0.03,
  duplicate: 0.15,
  giveUp: 0.1,
  jump: 0.02,
};

/** A way to do one thing wrong. */
export interface PlantedBug {
  readonly tamper?: (store: BlobStore, seed: number) => BlobStore;
  readonly consume?: typeof consume;
  readonly tick?: typeof tick;
}

interface SentEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly at: string;
}

/** What the outside world knows: what it sent, and what it was told. */
interface Ledger {
  readonly sent: Map<string, SentEvent>;
  /** Events of requests that were answered with 202. */
  readonly accepted: Set<string>;
  /** How many requests had the event in them. */
  readonly tries: Map<string, number>;
  /** When requests to erase were sent that were answered, by customer: what happened before is gone. */
  readonly erasedAt: Map<string, number>;
  /** Requests to erase that are under way, by customer. */
  readonly erasing: Map<string, number>;
  /** The latest moment, by the clock then, at which a customer may have been erased. */
  readonly erasureBound: Map<string, number>;
  /** Events that may or may not be gone: an erasure began after they were sent, or at a moment that the clock says is still to come. */
  readonly doubtful: Set<string>;
}

/**
 * Runs one seed of the way of an event: requests, deliveries, ticks and erasures under faults, then calm until nothing moves any more.
 * Returns what does not hold, in words; nothing means that all does.
 */
export async function runSeed(seed: number, bug: PlantedBug = {}): Promise<string[]> {
  const { tamper } = bug;
  const world = createSimulation<CollectMessage>(seed, ROUGH, tamper && ((store) => tamper(store, seed)));
  const ledger: Ledger = {
    sent: new Map(),
    accepted: new Set(),
    tries: new Map(),
    erasedAt: new Map(),
    erasing: new Map(),
    erasureBound: new Map(),
    doubtful: new Set(),
  };
  for (let count = 0; count < STEPS; count++) {
    const dice = world.random.below(100);
    if (dice < 12) sendEvents(world, ledger);
    else if (dice < 26) deliver(world, bug);
    else if (dice < 29) runTick(world, bug);
    else if (dice < 31) sendErasure(world, ledger);
    else await world.step();
    noteErasures(world, ledger);
  }
  await comeToRest(world, bug);
  return [...(await judgeProfiles(world, ledger)), ...(await judgeParts(world, ledger))];
}

function sendEvents(world: Simulation<CollectMessage>, ledger: Ledger): void {
  const { random } = world;
  // Some events were sent before: the answer was lost, or another client tells them too.
  const known = [...ledger.sent.values()];
  const events = Array.from({ length: 1 + random.below(4) }, () =>
    known.length > 0 && random.below(3) === 0 ? random.pick(known) : makeEvent(world, ledger),
  );
  for (const { eventId, userId, at } of events) {
    ledger.tries.set(eventId, (ledger.tries.get(eventId) ?? 0) + 1);
    const bound = ledger.erasureBound.get(userId) ?? 0;
    const isErasing = (ledger.erasing.get(userId) ?? 0) > 0;
    if (isErasing || world.now() <= bound || Date.parse(at) <= bound) ledger.doubtful.add(eventId);
  }
  const body = { events: events.map((event) => ({ ...event, type: 'view' })) };
  void world
    .start((ports) => collectEvents(depsOf(ports), body, callerOf(ports)))
    .then(
      (outcome) => {
        if (outcome?.ok) for (const { eventId } of events) ledger.accepted.add(eventId);
      },
      // A failure of storage: 503. The client knows nothing.
      () => {},
    );
}

function makeEvent(world: Simulation<CollectMessage>, ledger: Ledger): SentEvent {
  const { random } = world;
  const event = {
    eventId: `e${ledger.sent.size}`,
    userId: random.pick(USERS),
    itemId: random.pick(ITEMS),
    at: new Date(world.now() - random.below(60_000)).toISOString(),
  };
  ledger.sent.set(event.eventId, event);
  return event;
}

function deliver(world: Simulation<CollectMessage>, bug: PlantedBug): void {
  if (world.waiting.length === 0) return;
  const handle = bug.consume ?? consume;
  world.deliver((ports, messages) => handle(depsOf(ports), messages));
}

function runTick(world: Simulation<CollectMessage>, bug: PlantedBug): void {
  const handle = bug.tick ?? tick;
  void world.start((ports) => handle(depsOf(ports))).catch(() => {});
}

/** What was sent before the request is gone for good; what is sent while it runs may be. */
function sendErasure(world: Simulation<CollectMessage>, ledger: Ledger): void {
  const userId = world.random.pick(USERS);
  for (const event of ledger.sent.values()) if (event.userId === userId) ledger.doubtful.add(event.eventId);
  ledger.erasing.set(userId, (ledger.erasing.get(userId) ?? 0) + 1);
  const beforeMs = world.now();
  void world
    .start((ports) => eraseUser(depsOf(ports), userId, callerOf(ports)))
    .then(
      (outcome) => {
        if (!outcome?.ok) return;
        const erasedMs = Math.min(beforeMs, Date.parse(outcome.value.erasedAt));
        ledger.erasedAt.set(userId, Math.max(ledger.erasedAt.get(userId) ?? 0, erasedMs));
      },
      () => {},
    )
    .finally(() => ledger.erasing.set(userId, (ledger.erasing.get(userId) ?? 0) - 1));
}

/** An erasure under way may take effect at this moment of the clock. */
function noteErasures(world: Simulation<CollectMessage>, ledger: Ledger): void {
  for (const [userId, count] of ledger.erasing) {
    if (count > 0) ledger.erasureBound.set(userId, Math.max(ledger.erasureBound.get(userId) ?? 0, world.now()));
  }
}

/** No more faults and no more requests: deliveries and ticks until everything that was accepted has had its time. */
async function comeToRest(world: Simulation<CollectMessage>, bug: PlantedBug): Promise<void> {
  world.setRates(CALM);
  // Leases that were taken before the clock was set back end too.
  world.advance(2 * 86_400_000);
  for (let round = 0; round < 8; round++) {
    while (await world.step());
    while (world.waiting.length > 0) {
      deliver(world, bug);
      while (await world.step());
    }
    // Leases of crashed ticks end, unacknowledged parts become late, maintenance becomes due.
    world.advance(round < 2 ? 6 * 60_000 : 16 * 60_000);
    runTick(world, bug);
  }
  while (await world.step());
}

async function judgeProfiles(world: Simulation<CollectMessage>, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  for (const userId of USERS) {
    const { content } = await readProfile(world.stored, TENANT, pseudonymOf(userId));
    const known = content.events['view'] ?? [];
    for (const event of ledger.sent.values()) {
      if (event.userId !== userId) continue;
      // A time that the clock, set back, calls the future becomes the time of arrival.
      const entries = known.filter(({ id, itemId }) => id === digestOf(event.eventId) && itemId === event.itemId);
      if (entries.length > 1) wrong.push(`${event.eventId} is ${entries.length} times in the profile of ${userId}`);
      const isGone = Date.parse(event.at) <= (ledger.erasedAt.get(userId) ?? 0);
      if (isGone && entries.length > 0) wrong.push(`${event.eventId} of the erased ${userId} is in the profile`);
      const mustBeThere = ledger.accepted.has(event.eventId) && !ledger.doubtful.has(event.eventId);
      if (mustBeThere && entries.length === 0)
        wrong.push(`${event.eventId} was accepted and is not in the profile of ${userId}`);
    }
    const strangers = known.filter(
      ({ id }) => ![...ledger.sent.values()].some((event) => digestOf(event.eventId) === id && event.userId === userId),
    );
    if (strangers.length > 0) wrong.push(`the profile of ${userId} has ${strangers.length} events that nobody sent`);
  }
  return wrong;
}

async function judgeParts(world: Simulation<CollectMessage>, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  const lines = await allLines(world.stored);
  for (const event of ledger.sent.values()) {
    const count = lines.filter(({ eventId }) => eventId === event.eventId).length;
    const tries = ledger.tries.get(event.eventId) ?? 0;
    if (count > tries) wrong.push(`${event.eventId} was sent ${tries} times and is stored ${count} times`);
    const isGone = Date.parse(event.at) <= (ledger.erasedAt.get(event.userId) ?? 0);
    if (isGone && count > 0) wrong.push(`${event.eventId} of the erased ${event.userId} is still stored`);
    const mustBeThere = ledger.accepted.has(event.eventId) && !ledger.doubtful.has(event.eventId);
    if (mustBeThere && count === 0) wrong.push(`${event.eventId} was accepted and is stored nowhere`);
  }
  return wrong;
}

async function allLines(store: BlobStore): Promise<StoredEvent[]> {
  const lines: StoredEvent[] = [];
  for (const date of await listDays(store, TENANT, 'events')) {
    for (const { sha256 } of await listLiveParts(store, TENANT, 'events', date)) {
      lines.push(...((await readPart<StoredEvent>(store, partKey(TENANT, 'events', date, sha256))) ?? []));
    }
  }
  return lines;
}

function depsOf(ports: SimulatedPorts<CollectMessage>): CollectDeps {
  return {
    ...ports,
    pseudonymizer: { keyVersion: 1, pseudonym: async (_, userId) => pseudonymOf(userId) },
    policies: { read: async () => ok({ redact: true }) },
    catalogues: { read: async () => null },
    newId: () => newId(ports),
    log: () => {},
  };
}

/** Ids that the seed decides. */
function newId({ random }: SimulatedPorts<CollectMessage>): string {
  return Array.from({ length: 4 }, () => random.below(2 ** 30).toString(36)).join('-');
}

function callerOf(ports: SimulatedPorts<CollectMessage>) {
  return { tenant: TENANT, keyId: 'key', requestId: newId(ports), defer: () => {} };
}

function pseudonymOf(userId: string): string {
  return `${userId}-pseudonym`;
}

/** Ids of events in profiles are digests; filled by the test, which has a synchronous one. */
let digestOf: (eventId: string) => string = (eventId) => eventId;

export function useDigest(digest: (eventId: string) => string): void {
  digestOf = digest;
}

/** Tampers with what a write says or does, with a chance that the seed decides. */
export function tamperPuts(
  isTarget: (key: string) => boolean,
  put: (store: BlobStore, args: Parameters<BlobStore['put']>, dice: number) => ReturnType<BlobStore['put']>,
): NonNullable<PlantedBug['tamper']> {
  return (store, seed) => {
    const random = createRandom(seed + 77);
    return {
      ...store,
      put: (...args) => (isTarget(args[0]) ? put(store, args, random.below(100)) : store.put(...args)),
    };
  };
}
