import { fail, type Result } from './result.ts';

/** One field of a request that is wrong: where (`inputs[3].text`) and what to do about it. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

/**
 * Everything that is expected to go wrong, as plain data. `detail` is always safe to show to the caller.
 * `shared/http/problem.ts` turns each kind into one problem document, in one exhaustive switch.
 */
export type Failure =
  | { readonly kind: 'malformed-body'; readonly detail: string }
  | { readonly kind: 'invalid-request'; readonly detail: string; readonly errors: readonly FieldError[] }
  | { readonly kind: 'unsupported-media-type'; readonly detail: string }
  | { readonly kind: 'unauthenticated'; readonly detail: string }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'not-found'; readonly detail: string }
  | { readonly kind: 'method-not-allowed'; readonly detail: string; readonly allow: readonly string[] }
  | { readonly kind: 'conflict'; readonly detail: string }
  | { readonly kind: 'too-large'; readonly detail: string; readonly limitBytes?: number; readonly limitPixels?: number }
  | { readonly kind: 'rate-limited'; readonly detail: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'model-unusable'; readonly detail: string }
  /** The operator did not set up what it needs; nothing that the caller can do makes it work. */
  | { readonly kind: 'not-configured'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'internal'; readonly detail: string };

export type FailureKind = Failure['kind'];

/** A result whose failure is one of the kinds above: what capabilities and model code return. */
export type Outcome<T> = Result<T, Failure>;

/** Shorthand for the most common failure of a single field. */
export function invalidField(pointer: string, message: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ kind: 'invalid-request', detail: `${pointer}: ${message}`, errors: [{ pointer, message }] });
}
