import { base62Six, crc32, randomBase62 } from './crc32-base62.ts';
import { sha256Hex } from './hex.ts';

/**
 * API keys look like `em_<id>_<secret><crc>`: id 12 and secret 32 Base62 digits, crc the CRC-32 of all before it as
 * six Base62 digits, the form GitHub chose so that secret scanners find leaked keys and typing errors are told apart.
 * Only a SHA-256 of the whole text is stored.
 */
const WELL_FORMED = /^em_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** The least a key must be: prefix and 16 characters in all. Shorter text is refused without a look-up. */
const ACCEPTABLE = /^em_[\x21-\x7e]{13,253}$/;

export function isAcceptableApiKey(text: string): boolean {
  return ACCEPTABLE.test(text);
}

/** A new key from random bytes. The text is shown once and never stored. */
export function createApiKey(randomBytes: (count: number) => Uint8Array): string {
  const body = `em_${randomBase62(12, randomBytes)}_${randomBase62(32, randomBytes)}`;
  return body + base62Six(crc32(body));
}

/**
 * The id under which a key's record is stored, as `keys/{id}.json`. A well-formed key names its id; a key chosen by hand for
 * local use (no checksum) gets an id made from its hash, so that both are found with one read.
 */
export async function apiKeyId(text: string): Promise<string> {
  const match = WELL_FORMED.exec(text);
  if (match && base62Six(crc32(text.slice(0, -6))) === match[3]) return match[1] as string;
  return `sha256-${(await sha256Hex(text)).slice(0, 24)}`;
}
