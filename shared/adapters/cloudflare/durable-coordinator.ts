import { DurableObject } from 'cloudflare:workers';
import { type ClaimResult, type Coordinator, CoordinatorError, type Count } from '../../ports/coordinator.ts';

/** How long a name that nobody uses is remembered after its time is over. */
const FORGET_AFTER_MS = 60 * 60 * 1000;

interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly untilMs: number;
}

interface Counter {
  readonly value: number;
  readonly untilMs: number;
}

/**
 * One object a name: the only writer of its lease and its counter. Nothing else is awaited between a read and the write that follows
 * from it, so the platform's input gates keep each call whole.
 */
export class CoordinatorObject extends DurableObject {
  async claim(owner: string, ttlSeconds: number): Promise<ClaimResult> {
    const now = Date.now();
    const held = await this.ctx.storage.get<Lease>('lease');
    const isHeld = held !== undefined && held.untilMs > now;
    if (isHeld && held.owner !== owner) {
      return { kind: 'taken', retryAfterSeconds: Math.ceil((held.untilMs - now) / 1000) };
    }
    // Begins at the time, so that it still grows after the object forgot.
    const fence = isHeld ? held.fence : (held?.fence ?? now) + 1;
    await this.keep('lease', { owner, fence, untilMs: now + ttlSeconds * 1000 });
    return { kind: 'claimed', fence };
  }

  async increment(by: number, windowSeconds: number): Promise<Count> {
    const now = Date.now();
    const found = await this.ctx.storage.get<Counter>('counter');
    const running = found && found.untilMs > now ? found : { value: 0, untilMs: now + windowSeconds * 1000 };
    const counter = { value: running.value + by, untilMs: running.untilMs };
    if (by !== 0) await this.keep('counter', counter);
    return { value: counter.value, resetsInSeconds: Math.ceil((counter.untilMs - now) / 1000) };
  }

  async release(owner: string): Promise<void> {
    const held = await this.ctx.storage.get<Lease>('lease');
    if (held?.owner === owner) await this.keep('lease', { ...held, untilMs: 0 });
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
