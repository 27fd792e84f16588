import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PSEUDONYM_SECRET_BYTES = 32;

/**
 * The state folder's own secrets by the names of the Workers' bindings, made by the first start and the same ever after: with another
 * secret, customers would get other pseudonyms and lose their history. `training` is the text of the secret TRAINING.
 */
export function localSecrets(stateFolder: string, training: string): Readonly<Record<string, string>> {
  const path = join(stateFolder, 'pseudonym-secret');
  return { PSEUDONYM_SECRET: readSecret(path) ?? makeSecret(stateFolder, path), TRAINING: training };
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The file is for its owner only. */
function makeSecret(stateFolder: string, path: string): string {
  const secret = `1:${randomBytes(PSEUDONYM_SECRET_BYTES).toString('base64')}`;
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
