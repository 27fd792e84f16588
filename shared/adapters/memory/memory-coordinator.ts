import { type Counter, claimLease, countUp, endLease, type Lease, readCounter } from '../../core/lease.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Coordinator } from '../../ports/coordinator.ts';

/** Leases and counters in memory, for tests: right for one process, gone with it. */
export function createMemoryCoordinator(clock: Clock): Coordinator {
  const leases = new Map<string, Lease>();
  const counters = new Map<string, Counter>();
  return {
    async claim(name, owner, ttlSeconds) {
      const claim = claimLease(leases.get(name), { owner, ttlSeconds, nowMs: clock.now(), firstFence: 0 });
      if (claim.kind === 'taken') return claim;
      leases.set(name, claim.lease);
      return { kind: 'claimed', fence: claim.lease.fence };
    },
    async increment(name, by, windowSeconds) {
      const nowMs = clock.now();
      const counter = countUp(counters.get(name), by, windowSeconds, nowMs);
      // Reading begins no window.
      if (by !== 0) counters.set(name, counter);
      return readCounter(counter, nowMs);
    },
    async release(name, owner) {
      const held = leases.get(name);
      if (held?.owner === owner) leases.set(name, endLease(held));
    },
  };
}
