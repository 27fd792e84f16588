/** Whoever sends notifications from addresses of its own, which the caller has found to be its. Failures of the network throw `NotificationError`. */
export interface NotificationSource {
  /** Whether the holder of the certificate (PEM, X.509, RSA) at the address signed the text. */
  isSigned(signed: SignedText): Promise<boolean>;
  /** Tells the source at this address that its notifications are wanted. */
  confirm(address: string): Promise<void>;
}

export interface SignedText {
  readonly certificateAddress: string;
  readonly text: string;
  /** RSASSA-PKCS1-v1_5 (RFC 8017), in base64. */
  readonly signature: string;
  readonly hash: 'SHA-1' | 'SHA-256';
}

/** The source did not answer as it should. `cause` is for the operator's log only. */
export class NotificationError extends Error {
  override readonly name = 'NotificationError';
  constructor(what: string, options?: { cause?: unknown }) {
    super(`notification source: ${what}`, options);
  }
}
