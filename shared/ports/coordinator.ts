/**
 * What needs one writer: leases, counters, requests in flight. A Durable Object on Cloudflare, DynamoDB on AWS, memory in
 * tests. Names are at most 512 characters, times in seconds. A failure of the service throws `CoordinatorError`.
 */
export interface Coordinator {
  /**
   * Takes `name` for `owner` until `ttlSeconds` have passed or it is released. Who holds it already renews it and keeps its
   * fence.
   */
  claim(name: string, owner: string, ttlSeconds: number): Promise<ClaimResult>;
  /** Adds `by` (may be 0: only reads) to a counter that starts at 0 and starts anew `windowSeconds` after its first increment. */
  increment(name: string, by: number, windowSeconds: number): Promise<Count>;
  /** Gives `name` back; nothing happens where `owner` doesn't hold it (any more). */
  release(name: string, owner: string): Promise<void>;
}

export type ClaimResult =
  /** `fence` grows with every new holder of the name: a write that carries a smaller one comes from a holder whose time ran out. */
  { readonly kind: 'claimed'; readonly fence: number } | { readonly kind: 'taken'; readonly retryAfterSeconds: number };

export interface Count {
  readonly value: number;
  readonly resetsInSeconds: number;
}

/** The coordinator could not answer. `cause` is for the operator's log only. */
export class CoordinatorError extends Error {
  override readonly name = 'CoordinatorError';
  constructor(operation: string, name: string, options?: { cause?: unknown }) {
    super(`coordinator ${operation} of ${name} failed`, options);
  }
}
