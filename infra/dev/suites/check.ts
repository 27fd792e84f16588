import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../bootstrap/child-process.mjs';
import { ROOT } from '../workspace/paths.ts';
import { findTrainerPython } from './python-suite.ts';
import { runAllSuites } from './run-suites.ts';
import { addTotals, formatTotals, NONE, type Totals } from './totals.ts';

/** A command that passes or fails as one. */
interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder?: string;
}

const started = performance.now();
let totals: Totals = NONE;
const failures: string[] = [];
for (const check of [...nodeChecks(), ...(await pythonChecks())]) {
  console.log(`\n== ${check.name}`);
  const code = await runToEnd(check.command, check.args, { cwd: check.folder ?? ROOT });
  if (code !== 0) failures.push(check.name);
  totals = addTotals(totals, { ...NONE, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });
}
console.log('\n== tests');
totals = addTotals(totals, await runAllSuites());
if (failures.length > 0) console.log(`failed checks: ${failures.join(', ')}`);
console.log(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
console.log(formatTotals(totals));
process.exit(totals.failed === 0 ? 0 : 1);

function nodeChecks(): Check[] {
  const script = (path: string, ...args: string[]) => ({ command: process.execPath, args: [path, ...args] });
  return [
    { name: 'format and lint', ...script(biomeScript(), 'check', '.') },
    { name: 'types', ...script(besideThis('typecheck.ts')) },
    { name: 'OpenAPI document', ...script(besideThis('../openapi.ts'), '--check') },
    { name: 'bundle sizes', ...script(besideThis('bundle-size.ts')) },
  ];
}

async function pythonChecks(): Promise<Check[]> {
  const found = await findTrainerPython(process.env);
  if ('missing' in found) {
    console.log(`edgemark: ruff skips: ${found.missing}`);
    return [];
  }
  const folder = join(ROOT, 'infra', 'trainer');
  const ruff = (...args: string[]) => ({ command: found.python, args: ['-m', 'ruff', ...args], folder });
  return [
    { name: 'trainer: lint', ...ruff('check', '.') },
    { name: 'trainer: format', ...ruff('format', '--check', '.') },
  ];
}

function biomeScript(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@biomejs/biome/package.json')), 'bin', 'biome');
}

function besideThis(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
