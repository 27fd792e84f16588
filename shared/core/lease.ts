/** Who holds a name, and until when. `fence` grows with every new holder. */
export interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly untilMs: number;
}

/** A counter that starts anew after `untilMs`. */
export interface Counter {
  readonly value: number;
  readonly untilMs: number;
}

/**
 * The lease that a claim makes of what is there, or how long another still holds the name. A holder who claims again keeps the fence; a
 * new one gets the next: after `firstFence` where nothing is known of the name.
 */
export function claimLease(
  known: Lease | undefined,
  claim: { readonly owner: string; readonly ttlSeconds: number; readonly nowMs: number; readonly firstFence: number },
):
  | { readonly kind: 'claimed'; readonly lease: Lease }
  | { readonly kind: 'taken'; readonly retryAfterSeconds: number } {
  const { owner, nowMs } = claim;
  const isHeld = known !== undefined && known.untilMs > nowMs;
  if (isHeld && known.owner !== owner) {
    return { kind: 'taken', retryAfterSeconds: Math.ceil((known.untilMs - nowMs) / 1000) };
  }
  const fence = isHeld ? known.fence : (known?.fence ?? claim.firstFence) + 1;
  return { kind: 'claimed', lease: { owner, fence, untilMs: nowMs + claim.ttlSeconds * 1000 } };
}

/** The same lease, over now; its fence stays known, so that the next one is greater. */
export function endLease(lease: Lease): Lease {
  return { ...lease, untilMs: 0 };
}

/** The counter with `by` added: a new one where there is none or its time is over. */
export function countUp(known: Counter | undefined, by: number, windowSeconds: number, nowMs: number): Counter {
  const running = known && known.untilMs > nowMs ? known : { value: 0, untilMs: nowMs + windowSeconds * 1000 };
  return { value: running.value + by, untilMs: running.untilMs };
}

/** What a counter says to whoever asks. */
export function readCounter(
  counter: Counter,
  nowMs: number,
): { readonly value: number; readonly resetsInSeconds: number } {
  return { value: counter.value, resetsInSeconds: Math.ceil((counter.untilMs - nowMs) / 1000) };
}
