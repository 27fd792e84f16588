import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from '../bootstrap/child-process.mjs';
import { ROOT } from '../workspace/paths.ts';
import type { Totals } from './totals.ts';

const TRAINER = join(ROOT, 'infra', 'trainer');

/** The trainer's Python with its packages, or why there is none. */
export type PythonFound = { readonly python: string } | { readonly missing: string };

/**
 * The trainer's own virtual environment; made here only when `EDGEMARK_PYTHON_TESTS=1` asks for it, since PyTorch alone is
 * a download of gigabytes.
 */
export async function findTrainerPython(environment: NodeJS.ProcessEnv): Promise<PythonFound> {
  if (!existsSync(join(TRAINER, 'tests'))) return { missing: 'infra/trainer/tests is not there' };
  const python = join(TRAINER, '.venv', 'bin', 'python');
  if (existsSync(python)) return { python };
  if (environment['EDGEMARK_PYTHON_TESTS'] !== '1') {
    return { missing: 'infra/trainer/.venv is not there; EDGEMARK_PYTHON_TESTS=1 makes it (PyTorch, about 3 GB)' };
  }
  if (!hasPython311()) return { missing: 'python3 3.11 or newer is not there' };
  const made =
    (await runToEnd('python3', ['-m', 'venv', join(TRAINER, '.venv')])) === 0 &&
    (await runToEnd(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-e', '.[dev,local]'], {
      cwd: TRAINER,
    })) === 0;
  if (made) return { python };
  rmSync(join(TRAINER, '.venv'), { recursive: true, force: true });
  return { missing: 'installing infra/trainer failed, see above' };
}

/** Runs the trainer's pytest. Its JUnit report counts: https://docs.pytest.org/en/stable/how-to/output.html */
export async function runPytest(python: string): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'edgemark-pytest-'));
  try {
    const report = join(folder, 'report.xml');
    const code = await runToEnd(python, ['-m', 'pytest', '-q', `--junit-xml=${report}`], { cwd: TRAINER });
    const totals = readJunit(report);
    return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasPython311(): boolean {
  const script = 'import sys, venv; sys.exit(sys.version_info < (3, 11))';
  return spawnSync('python3', ['-c', script], { stdio: 'ignore' }).status === 0;
}

function readJunit(path: string): Totals {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 };
  const text = readFileSync(path, 'utf8');
  const sum = (attribute: string): number =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`, 'g'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  const failed = sum('failures') + sum('errors');
  const skipped = sum('skipped');
  return { passed: sum('tests') - failed - skipped, failed, skipped };
}
