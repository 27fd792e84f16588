/** `npm run typecheck`: the compiler over every tsconfig.json, since each platform's folder sees only its own types. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('suites/typecheck.ts');
