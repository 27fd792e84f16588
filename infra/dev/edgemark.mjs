/** `npm run edgemark -- …`: the command-line client. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('cli/main.ts');
