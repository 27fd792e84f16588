/** `npm run openapi`: writes the joined OpenAPI document; with `--check` only says whether the committed one is current. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('openapi.ts');
