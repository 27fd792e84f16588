import { toHex } from '../core/hex.ts';

/** Bytes of a pseudonym: two customers of a billion share one with a chance of 10⁻²¹. */
const PSEUDONYM_BYTES = 16;

/** Turns the ids that a shop knows its customers by into pseudonyms. */
export interface Pseudonymizer {
  /** Version of the secret in use; stored beside what it made, so that a change of the secret can be followed. */
  readonly keyVersion: number;
  /** 32 lower-case hexadecimal digits; the same for the same tenant and id while the secret stays. */
  pseudonym(tenant: string, userId: string): Promise<string>;
}

/** A secret of the function, never in storage: without it, pseudonyms can't be tied to the ids they were made from. */
export interface PseudonymSecret {
  readonly version: number;
  /** At least 32 random bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
}

/**
 * Keyed pseudonyms: the first 16 bytes of HMAC-SHA256 (RFC 2104) over tenant and id, as GDPR, article 4 (5) asks: what ties
 * them to a person is kept apart. The same id at two tenants has two pseudonyms.
 */
export function createPseudonymizer(secret: PseudonymSecret): Pseudonymizer {
  if (secret.key.length < 32) throw new Error('the pseudonym secret must have at least 32 bytes');
  const imported = crypto.subtle.importKey('raw', secret.key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return {
    keyVersion: secret.version,
    async pseudonym(tenant, userId) {
      // JSON keeps the two apart whatever characters they have.
      const message = new TextEncoder().encode(JSON.stringify([tenant, userId]));
      const signature = await crypto.subtle.sign('HMAC', await imported, message);
      return toHex(new Uint8Array(signature, 0, PSEUDONYM_BYTES));
    },
  };
}
