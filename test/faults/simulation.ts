import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { type BlobFound, type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { type Coordinator, CoordinatorError } from '../../shared/ports/coordinator.ts';
import { type Queue, QueueError, type Verdict } from '../../shared/ports/queue.ts';
import { createRandom, type Random } from '../support/random.ts';

/** How often things go wrong, each from 0 to 1, for every call of a port. */
export interface FaultRates {
  /** The call fails and had no effect. */
  readonly failBefore: number;
  /** The call had its effect, but its answer is lost. */
  readonly failAfter: number;
  /** The process that called is gone: before the effect or after it. */
  readonly crash: number;
  /** The store takes no write of the key for now. */
  readonly throttle: number;
  /** A message is delivered, and stays. */
  readonly duplicate: number;
  /** The queue gives a message up, as after too many tries. */
  readonly giveUp: number;
  /** The clock jumps. */
  readonly jump: number;
}

export const CALM: FaultRates = {
  failBefore: 0,
  failAfter: 0,
  crash: 0,
  throttle: 0,
  duplicate: 0,
  giveUp: 0,
  jump: 0,
};

/** One request, delivery or tick: it lives between its first port call and its end, unless it crashes. */
interface Process {
  isDead: boolean;
}

interface PendingCall {
  readonly process: Process;
  readonly effect: () => Promise<unknown>;
  readonly run: () => Promise<void>;
  /** Makes the caller think that it failed; `null` for calls that can't. */
  readonly fail: (() => void) | null;
}

/** The ports as one process sees them: every call waits for the scheduler. */
export interface SimulatedPorts<M> {
  readonly store: BlobStore;
  readonly queue: Queue<M>;
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly random: Random;
}

/** A world of processes over shared storage, queue and coordinator, whose every move a seed decides. */
export interface Simulation<M> {
  readonly random: Random;
  /** What is really stored, without faults: for invariants. */
  readonly stored: BlobStore;
  readonly waiting: readonly M[];
  now(): number;
  setRates(rates: FaultRates): void;
  advance(milliseconds: number): void;
  /** Starts a process; `undefined` for one that crashed. */
  start<T>(work: (ports: SimulatedPorts<M>) => Promise<T>): Promise<T | undefined>;
  /** Starts a delivery of some waiting messages, in any order. */
  deliver(consumer: (ports: SimulatedPorts<M>, messages: readonly M[]) => Promise<readonly Verdict[]>): void;
  /** Lets one pending call happen, whichever; false where none waits. */
  step(): Promise<boolean>;
}

const BEGIN_MS = Date.UTC(2026, 4, 1, 12);
const MAX_DELIVERED = 6;

/** `tamper` wraps the store that all share: how bugs are planted. */
export function createSimulation<M>(
  seed: number,
  startRates: FaultRates,
  tamper: (store: BlobStore) => BlobStore = (store) => store,
): Simulation<M> {
  const random = createRandom(seed);
  const stored = createMemoryBlobStore();
  const shared = tamper(stored);
  let rates = startRates;
  let nowMs = BEGIN_MS;
  let waiting: M[] = [];
  let hasStarted = false;
  const pending: PendingCall[] = [];
  const clock: Pick<Clock, 'now'> = { now: () => nowMs };
  const coordinator = createMemoryCoordinator({ now: clock.now, sleep: async () => {} });
  const chance = (rate: number) => rate > 0 && random.below(1_000_000) < rate * 1_000_000;

  /** Waits for the scheduler, which decides what becomes of the call. */
  const call = <T>(process: Process, effect: () => Promise<T>, failure: (() => Error) | null): Promise<T> =>
    new Promise((resolve, reject) => {
      if (process.isDead) return;
      pending.push({
        process,
        effect,
        run: async () => resolve(await effect()),
        fail: failure && (() => reject(failure())),
      });
    });

  const portsOf = (process: Process): SimulatedPorts<M> => {
    const storage = <T>(operation: string, key: string, effect: () => Promise<T>) =>
      call(process, effect, () => new StorageError(operation, key));
    const withSimulatedContent = (found: BlobFound): BlobFound => ({
      kind: found.kind,
      key: found.key,
      etag: found.etag,
      sizeBytes: found.sizeBytes,
      get body() {
        return found.body;
      },
      bytes: () => storage('read', found.key, () => found.bytes()),
    });
    return {
      random,
      store: {
        async get(key, range) {
          const answer = await storage('get', key, () => shared.get(key, range));
          return answer.kind === 'found' ? withSimulatedContent(answer) : answer;
        },
        head: (key) => storage('head', key, () => shared.head(key)),
        put: (key, body, condition) =>
          storage('put', key, async () =>
            chance(rates.throttle)
              ? { kind: 'throttled' as const, retryAfterSeconds: 1 }
              : shared.put(key, body, condition),
          ),
        list: (query) => storage('list', query.prefix, () => shared.list(query)),
        delete: (key) => storage('delete', key, () => shared.delete(key)),
      },
      queue: {
        send: (messages) =>
          call(
            process,
            async () => {
              waiting.push(...messages.map(copy));
            },
            () => new QueueError('send'),
          ),
      },
      coordinator: {
        claim: (name, owner, ttl) =>
          call(
            process,
            () => coordinator.claim(name, owner, ttl),
            () => new CoordinatorError('claim', name),
          ),
        increment: (name, by, window) =>
          call(
            process,
            () => coordinator.increment(name, by, window),
            () => new CoordinatorError('increment', name),
          ),
        release: (name, owner) =>
          call(
            process,
            () => coordinator.release(name, owner),
            () => new CoordinatorError('release', name),
          ),
      },
      clock: {
        now: clock.now,
        sleep: (milliseconds) =>
          call(
            process,
            async () => {
              nowMs += milliseconds;
            },
            null,
          ),
      },
    };
  };

  return {
    random,
    stored,
    get waiting() {
      return waiting;
    },
    now: clock.now,
    setRates(next) {
      rates = next;
    },
    advance(milliseconds) {
      nowMs += milliseconds;
    },
    start(work) {
      hasStarted = true;
      return runProcess(work, portsOf);
    },
    deliver(consumer) {
      hasStarted = true;
      const batch = takeSome(random, waiting);
      waiting = waiting.filter((message) => !batch.includes(message));
      waiting.push(...batch.filter(() => chance(rates.duplicate)).map(copy));
      const kept = batch.filter(() => !chance(rates.giveUp));
      const process = { isDead: false };
      const settled = { value: false };
      const back = (messages: readonly M[]) => {
        if (!settled.value) waiting.push(...messages.map(copy));
        settled.value = true;
      };
      crashes.set(process, () => back(kept));
      void consumer(portsOf(process), kept).then(
        (verdicts) => back(kept.filter((_, place) => verdicts[place]?.kind !== 'done')),
        () => back(kept),
      );
    },
    async step() {
      // What was started gets as far as its first call before time goes on.
      if (hasStarted) await settle();
      hasStarted = false;
      const next = pending.splice(random.below(pending.length || 1), 1)[0];
      if (!next) return false;
      nowMs += random.below(40);
      // Clocks are set forward and back, by seconds or hours.
      if (chance(rates.jump))
        nowMs += (random.below(2) * 2 - 1) * random.below(random.below(4) === 0 ? 10_000_000 : 5_000);
      if (next.process.isDead) return true;
      if (chance(rates.crash)) {
        if (random.below(2) === 0) await next.effect();
        next.process.isDead = true;
        crashes.get(next.process)?.();
      } else if (next.fail && chance(rates.failBefore)) next.fail();
      else if (next.fail && chance(rates.failAfter)) {
        await next.effect();
        next.fail();
      } else await next.run();
      await settle();
      return true;
    },
  };
}

/** What is to be done when a process crashes. */
const crashes = new WeakMap<Process, () => void>();

function runProcess<M, T>(
  work: (ports: SimulatedPorts<M>) => Promise<T>,
  portsOf: (process: Process) => SimulatedPorts<M>,
): Promise<T | undefined> {
  const process = { isDead: false };
  return new Promise((resolve, reject) => {
    crashes.set(process, () => resolve(undefined));
    work(portsOf(process)).then(resolve, reject);
  });
}

function takeSome<M>(random: Random, messages: readonly M[]): M[] {
  const left = [...messages];
  const taken: M[] = [];
  const count = 1 + random.below(MAX_DELIVERED);
  while (left.length > 0 && taken.length < count) taken.push(...left.splice(random.below(left.length), 1));
  return taken;
}

/** Messages cross as JSON; two that say the same are two. */
function copy<M>(message: M): M {
  return structuredClone(message);
}

/** Lets everything happen that follows without another port call. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
