import { DurableObject } from 'cloudflare:workers';
import { type Counter, claimLease, countUp, endLease, type Lease, readCounter } from '../../core/lease.ts';
import { type ClaimResult, type Coordinator, CoordinatorError, type Count } from '../../ports/coordinator.ts';

/** How long a name that nobody uses is remembered after its time is over. */
const FORGET_AFTER_MS = 60 * 60 * 1000;

/**
 * One object a name: the only writer of its lease and its counter. Nothing else is awaited between a read and the write that follows
 * from it, so the platform's input gates keep each call whole.
 */
export class CoordinatorObject extends DurableObject {
  async claim(owner: string, ttlSeconds: number): Promise<ClaimResult> {
    const nowMs = Date.now();
    // The first fence begins at the time, so that it still grows after the object forgot.
    const claim = claimLease(await this.ctx.storage.get<Lease>('lease'), {
      owner,
      ttlSeconds,
      nowMs,
      firstFence: nowMs,
    });
    if (claim.kind === 'taken') return claim;
    await this.keep('lease', claim.lease);
    return { kind: 'claimed', fence: claim.lease.fence };
  }

  async increment(by: number, windowSeconds: number): Promise<Count> {
    const nowMs = Date.now();
    const counter = countUp(await this.ctx.storage.get<Counter>('counter'), by, windowSeconds, nowMs);
    if (by !== 0) await this.keep('counter', counter);
    return readCounter(counter, nowMs);
  }

  async release(owner: string): Promise<void> {
    const held = await this.ctx.storage.get<Lease>('lease');
    if (held?.owner === owner) await this.keep('lease', endLease(held));
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }

  private async keep(name: 'lease' | 'counter', value: Lease | Counter): Promise<void> {
    await this.ctx.storage.put(name, value);
    await this.ctx.storage.setAlarm(Math.max(Date.now(), value.untilMs) + FORGET_AFTER_MS);
  }
}

/** A coordinator whose names are Durable Objects. */
export function createDurableCoordinator(namespace: DurableObjectNamespace<CoordinatorObject>): Coordinator {
  const call = async <T>(operation: string, name: string, ask: (stub: CoordinatorStub) => Promise<T>): Promise<T> => {
    try {
      return await ask(namespace.get(namespace.idFromName(name)));
    } catch (cause) {
      throw new CoordinatorError(operation, name, { cause });
    }
  };
  return {
    claim: (name, owner, ttlSeconds) => call('claim', name, async (stub) => stub.claim(owner, ttlSeconds)),
    increment: (name, by, windowSeconds) => call('increment', name, async (stub) => stub.increment(by, windowSeconds)),
    release: (name, owner) => call('release', name, async (stub) => stub.release(owner)),
  };
}

type CoordinatorStub = DurableObjectStub<CoordinatorObject>;
