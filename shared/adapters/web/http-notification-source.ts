import { setBounded } from '../../core/set-bounded.ts';
import { NotificationError, type NotificationSource, type SignedText } from '../../ports/notification-source.ts';
import { publicKeyOf } from './certificate-key.ts';

const TIMEOUT_MILLISECONDS = 5_000;
/** Of a certificate or an answer to a confirmation. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Certificates are renewed about once a year: a few are enough. */
const MAX_KEYS = 16;

const utf8 = new TextEncoder();

/** Fetches certificates over HTTPS, whose own certificate is what is trusted, and checks signatures by WebCrypto. Keys are kept. */
export function createHttpNotificationSource(fetcher: typeof fetch = (...args) => fetch(...args)): NotificationSource {
  const keys = new Map<string, Promise<CryptoKey>>();

  function keyAt(address: string, hash: SignedText['hash']): Promise<CryptoKey> {
    const name = `${hash} ${address}`;
    const kept = keys.get(name);
    if (kept) return kept;
    const made = importKey(fetcher, address, hash);
    setBounded(keys, name, made, MAX_KEYS);
    // A failure is told once, and the next caller tries again.
    made.catch(() => keys.get(name) === made && keys.delete(name));
    return made;
  }

  return {
    async isSigned({ certificateAddress, text, signature, hash }) {
      const signatureBytes = fromBase64(signature);
      if (signatureBytes === null) return false;
      const key = await keyAt(certificateAddress, hash);
      return crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signatureBytes, utf8.encode(text));
    },
    async confirm(address) {
      await fetchText(fetcher, address);
    },
  };
}

async function importKey(fetcher: typeof fetch, address: string, hash: string): Promise<CryptoKey> {
  const pem = await fetchText(fetcher, address);
  try {
    return await crypto.subtle.importKey('spki', publicKeyOf(pem), { name: 'RSASSA-PKCS1-v1_5', hash }, false, [
      'verify',
    ]);
  } catch (cause) {
    throw new NotificationError('the certificate is none', { cause });
  }
}

async function fetchText(fetcher: typeof fetch, address: string): Promise<string> {
  try {
    // Where a redirect leads to was not checked.
    const response = await fetcher(address, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    if (Number(response.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES) throw new Error('too long');
    return (await response.text()).slice(0, MAX_ANSWER_BYTES);
  } catch (cause) {
    throw new NotificationError('it did not answer', { cause });
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
