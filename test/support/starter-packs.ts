import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const STARTERS = fileURLToPath(new URL('../../infra/starter/', import.meta.url));

/** Names of the packs that ship with the repository. */
export function starterNames(): string[] {
  return readdirSync(STARTERS)
    .filter((name) => existsSync(`${STARTERS}${name}/manifest.json`))
    .sort();
}
