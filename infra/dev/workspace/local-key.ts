import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiKey, isAcceptableApiKey } from '../../../shared/core/api-key.ts';

/** The state folder's own random key: made by the first start, the same ever after. */
export function localKey(stateFolder: string): string {
  const known = readLocalKey(stateFolder);
  if (known) return known;
  const key = createApiKey((count) => new Uint8Array(randomBytes(count)));
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(keyPath(stateFolder), `${key}\n`, { mode: 0o600 });
  return key;
}

export function readLocalKey(stateFolder: string): string | undefined {
  try {
    const key = readFileSync(keyPath(stateFolder), 'utf8').trim();
    return isAcceptableApiKey(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

function keyPath(stateFolder: string): string {
  return join(stateFolder, 'local-key');
}
