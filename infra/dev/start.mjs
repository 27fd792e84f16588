/** `npm start`: all Workers on this machine, offline, with the starter packs and a local key. */
import { runScript } from './bootstrap/bootstrap.mjs';

await runScript('start/main.ts');
