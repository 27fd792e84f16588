import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { BENCH, PYTHON, ROOT } from './paths.mjs';
import { runCommand } from './processes.mjs';

/** What the figures were measured on and with. */
export async function describeMachine(nodePath) {
  return {
    ...(await describeSystem()),
    versions: {
      workerd: installed(ROOT, 'workerd'),
      wrangler: installed(ROOT, 'wrangler'),
      'onnxruntime-web': installed(ROOT, 'onnxruntime-web'),
      'onnxruntime-node': installed(BENCH, 'onnxruntime-node'),
      hono: installed(BENCH, 'hono'),
      ...(await describeVersions(nodePath, [])),
      wrk: /wrk (\S+)/.exec(await ask('sh', ['-c', 'wrk -v || true']))?.[1] ?? 'unknown',
      ...pinned(),
    },
  };
}

/** The machine, the time and the commit. */
export async function describeSystem() {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    loadAverageAtStart: Number(loadavg()[0]?.toFixed(2)),
    commit: await ask('git', ['rev-parse', '--short', 'HEAD']),
  };
}

/** Node, Python and these of its packages. */
export async function describeVersions(nodePath, packages) {
  const all = pinned();
  return {
    node: (await ask(nodePath, ['--version'])).replace('v', ''),
    python: (await ask(PYTHON, ['--version'])).replace('Python ', ''),
    ...Object.fromEntries(packages.map((name) => [name, all[name]])),
  };
}

function installed(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function pinned() {
  const lines = readFileSync(join(BENCH, 'requirements.txt'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('==')));
}

async function ask(command, args) {
  try {
    return (await runCommand(command, args, { cwd: ROOT })).trim();
  } catch {
    return 'unknown';
  }
}
