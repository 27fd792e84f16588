import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installDependencies } from '../../../infra/dev/bootstrap/dependencies.mjs';
import { findNode } from '../../../infra/dev/bootstrap/node-runtime.mjs';
import { BENCH, CACHE, PYTHON, ROOT } from './paths.mjs';
import { runCommand } from './processes.mjs';

/** Installs what the run needs and is not there: Node packages of the checkout and of this folder, Python ones in `.venv`. */
export async function install(say) {
  const nodePath = await findNode(ROOT, say);
  await installDependencies(ROOT, nodePath, say);
  await installDependencies(BENCH, nodePath, say);
  await findWrk();
  await installPython(say);
  return nodePath;
}

/** The same for what starts no server: Node and the Python peers. */
export async function installWithoutServers(say) {
  const nodePath = await findNode(ROOT, say);
  await installDependencies(ROOT, nodePath, say);
  await installPython(say);
  return nodePath;
}

async function findWrk() {
  try {
    await runCommand('sh', ['-c', 'command -v wrk'], { cwd: BENCH });
  } catch {
    throw new Error('wrk is not installed: apt-get install wrk (or brew install wrk).');
  }
}

async function installPython(say) {
  const requirements = join(BENCH, 'requirements.txt');
  const stamp = join(BENCH, '.venv', 'installed-requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing the Python peers into test/bench/.venv (once)');
  await runCommand('python3', ['-m', 'venv', join(BENCH, '.venv')], { cwd: BENCH });
  await runCommand(PYTHON, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements], {
    cwd: BENCH,
  });
  writeFileSync(stamp, wanted);
}

/** Writes the test rows as JSON, where they are not written yet. */
export async function writeRows(dataFolder) {
  mkdirSync(CACHE, { recursive: true });
  await runCommand(PYTHON, ['-m', 'peers.rows', '--data', dataFolder, '--out', join(CACHE, 'rows')], { cwd: BENCH });
}

/** Trains those of the peers that the cache lacks, on one thread and with low priority. */
export async function trainPeers(dataFolder, peers, say) {
  if (peers.length === 0) return;
  say('training the peers that test/bench/.cache lacks (minutes, once)');
  const options = ['--data', dataFolder, '--cache', join(CACHE, 'peers'), '--peers', peers.join(',')];
  const env = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  await runCommand('nice', ['-n', '10', PYTHON, '-m', 'peers.train', ...options], { cwd: BENCH, echo: true, env });
}
