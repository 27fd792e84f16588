/** Looks up API keys. Implementations cache at most 60 s, misses included. */
export interface KeyRing {
  /** Who presents this key text, or why it can't be used. */
  verify(keyText: string): Promise<KeyVerdict>;
}

export type KeyVerdict =
  | { readonly kind: 'valid'; readonly principal: Principal }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'expired' };

/** The holder of a key: whose data it reaches, what it may do, how much. */
export interface Principal {
  readonly keyId: string;
  readonly tenant: string;
  /** Scopes such as `classify` or `models:read`; `*` is all of them. */
  readonly scopes: readonly string[];
  readonly requestsPerMinute: number;
}
