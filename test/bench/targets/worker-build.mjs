import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT, WORK } from '../support/paths.mjs';
import { runCommand } from '../support/processes.mjs';

const MODULE_TYPES = { js: 'esModule', mjs: 'esModule', wasm: 'wasm', txt: 'text', json: 'json', bin: 'data' };

/**
 * Builds a function's Worker as `wrangler deploy` would upload it.
 * @returns {Promise<{folder: string, modules: {name: string, type: string}[], rawBytes: number, gzipBytes: number, compatibilityDate: string, compatibilityFlags: string[], consumers: object[]}>}
 */
export async function buildWorker(functionName, nodePath) {
  const folder = join(WORK, `worker-${functionName}`);
  const config = join(ROOT, 'functions', functionName, 'wrangler.jsonc');
  const wrangler = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  await runCommand(nodePath, [wrangler, 'deploy', '--dry-run', '-c', config, '--outdir', folder], {
    cwd: ROOT,
    env: { WRANGLER_SEND_METRICS: 'false', CI: '1' },
  });
  const modules = readdirSync(folder)
    .filter((name) => typeOf(name) !== undefined)
    .map((name) => ({ name, type: typeOf(name) }))
    // The entry comes first, as workerd wants it.
    .sort((a, b) => Number(b.name === 'worker.js') - Number(a.name === 'worker.js'));
  const contents = modules.map((module) => readFileSync(join(folder, module.name)));
  const { compatibility_date, compatibility_flags = [], queues } = readJsonc(config);
  return {
    folder,
    modules,
    rawBytes: contents.reduce((sum, content) => sum + content.length, 0),
    gzipBytes: contents.reduce((sum, content) => sum + gzipSync(content).length, 0),
    compatibilityDate: compatibility_date,
    compatibilityFlags: compatibility_flags,
    consumers: queues?.consumers ?? [],
  };
}

function typeOf(name) {
  return MODULE_TYPES[name.split('.').at(-1) ?? ''];
}

/** Our wrangler.jsonc files hold comments on lines of their own only. */
function readJsonc(path) {
  return JSON.parse(readFileSync(path, 'utf8').replace(/^\s*\/\/.*$/gm, ''));
}
