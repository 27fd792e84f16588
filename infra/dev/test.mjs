/** `npm test`: every suite that this machine can run, and one line of totals. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('suites/main.ts');
