/** Asks the function `evaluate` on behalf of a tenant, from inside: who asks has decided already that the tenant wants it. */
export interface Evaluations {
  /**
   * Begins an evaluation, or tells how far the same one is: the same request is the same evaluation. `request` is a body of
   * `POST /v1/evaluate`. Throws `EvaluationsError` where the function can't be reached.
   */
  evaluate(tenant: string, request: object): Promise<Evaluated>;
}

export type Evaluated =
  | { readonly kind: 'running'; readonly id: string }
  | { readonly kind: 'done'; readonly id: string; readonly summary: readonly string[]; readonly gates?: GateOutcome }
  /** It can't be evaluated so: `reason` is safe to show. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface GateOutcome {
  readonly passed: boolean;
  readonly summary: string;
}

/** The function could not answer. `cause` is for the operator's log only. */
export class EvaluationsError extends Error {
  override readonly name = 'EvaluationsError';
  constructor(options?: { cause?: unknown }) {
    super('the function evaluate did not answer', options);
  }
}
