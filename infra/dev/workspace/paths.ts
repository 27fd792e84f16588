import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, whatever the current folder is. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The folder of local state: `EDGEMARK_STATE`, relative to the current folder, else `.edgemark/state` in the checkout. */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['EDGEMARK_STATE'];
  return chosen ? resolve(chosen) : join(ROOT, '.edgemark', 'state');
}
