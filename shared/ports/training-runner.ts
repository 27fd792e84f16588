/**
 * Runs rounds of training elsewhere, each asked for once and answered later: a SageMaker asynchronous endpoint, or the local one with the
 * same interface. Network and service failures throw `RunnerError`.
 */
export interface TrainingRunner {
  /** Hands a round over. After a `RunnerError` it may run all the same: whoever asks again asks under another fence. */
  dispatch(round: RoundToRun): Promise<Dispatched>;
  /** What became of a round that was handed over. */
  collect(place: RoundPlace): Promise<Collected>;
  /** The name of the round whose request lies at this location, as notifications tell it; null where none can. */
  nameOf(location: string): string | null;
}

export interface RoundToRun {
  /** Names the round among all of the staging bucket: `{tenant}/{job}/{fence}`. */
  readonly name: string;
  /** The request's JSON: infra/trainer/ENDPOINT.md. */
  readonly request: Uint8Array<ArrayBuffer>;
  /** How long it may wait for its turn, a cold start among it. At most 21,600. */
  readonly ttlSeconds: number;
  /** How long it may run. At most 3,600. */
  readonly timeoutSeconds: number;
}

/** Where a round's answer will be, or why there is none; opaque to all but the runner. */
export interface RoundPlace {
  readonly output: string;
  readonly failure: string;
}

export type Dispatched =
  | { readonly kind: 'dispatched'; readonly place: RoundPlace }
  /** Too many requests, or no instance ready: the same again later. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  /** It will never be taken as it is: no such endpoint, no permission. `reason` is safe to show. */
  | { readonly kind: 'refused'; readonly reason: string };

export type Collected =
  | { readonly kind: 'running' }
  /** The answer's bytes. */
  | { readonly kind: 'answered'; readonly answer: Uint8Array<ArrayBuffer> }
  /** The endpoint gave up: time-out, time to live, a dead container, a request that it doesn't understand. */
  | { readonly kind: 'failed'; readonly reason: string };

/** The runner could not answer. `cause` is for the operator's log only. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
  constructor(operation: string, options?: { cause?: unknown }) {
    super(`training runner ${operation} failed`, options);
  }
}
