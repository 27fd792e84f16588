/** `npm run openapi`: makes the OpenAPI document from the contracts; with `-- --check`, compares it with the committed one. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('openapi.ts');
