import type { PseudonymSecret } from './pseudonym.ts';

/**
 * Reads the secret as an environment has it: `VERSION:BASE64`, such as `1:` and the base64 of 32 random bytes. Throws, without the
 * secret in its words, where it is not that.
 */
export function parsePseudonymSecret(text: string): PseudonymSecret {
  const match = /^(\d{1,6}):([A-Za-z0-9+/]+=*)$/.exec(text.trim());
  const key = match?.[2] === undefined ? null : Uint8Array.from(atob(match[2]), (character) => character.charCodeAt(0));
  if (!match || !key || key.length < 32) {
    throw new Error('PSEUDONYM_SECRET must be a version, a colon and at least 32 random bytes in base64');
  }
  return { version: Number(match[1]), key };
}
