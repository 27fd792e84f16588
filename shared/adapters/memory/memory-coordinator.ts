import type { Clock } from '../../ports/clock.ts';
import type { Coordinator } from '../../ports/coordinator.ts';

interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly untilMs: number;
}

interface Counter {
  readonly value: number;
  readonly untilMs: number;
}

/** Leases and counters in memory, for tests: right for one process, gone with it. */
export function createMemoryCoordinator(clock: Clock): Coordinator {
  const leases = new Map<string, Lease>();
  const fences = new Map<string, number>();
  const counters = new Map<string, Counter>();
  return {
    async claim(name, owner, ttlSeconds) {
      const now = clock.now();
      const held = leases.get(name);
      const isHeld = held !== undefined && held.untilMs > now;
      if (isHeld && held.owner !== owner)
        return { kind: 'taken', retryAfterSeconds: Math.ceil((held.untilMs - now) / 1000) };
      const fence = isHeld ? held.fence : (fences.get(name) ?? 0) + 1;
      fences.set(name, fence);
      leases.set(name, { owner, fence, untilMs: now + ttlSeconds * 1000 });
      return { kind: 'claimed', fence };
    },
    async increment(name, by, windowSeconds) {
      const now = clock.now();
      const found = counters.get(name);
      const running = found && found.untilMs > now ? found : { value: 0, untilMs: now + windowSeconds * 1000 };
      const counter = { value: running.value + by, untilMs: running.untilMs };
      // Reading begins no window.
      if (by !== 0) counters.set(name, counter);
      return { value: counter.value, resetsInSeconds: Math.ceil((counter.untilMs - now) / 1000) };
    },
    async release(name, owner) {
      if (leases.get(name)?.owner === owner) leases.delete(name);
    },
  };
}
