/** `npm run check`: format, lint, types, contract, bundle sizes and all tests; what CI runs and nothing else. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('suites/check.ts');
