import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TRAINER = fileURLToPath(new URL('../../infra/trainer/', import.meta.url));
const PYTHON = `${TRAINER}.venv/bin/python`;

/** Whether the trainer's Python can encode, or why not. */
export function pythonMissing(): string | null {
  if (!existsSync(PYTHON)) return 'infra/trainer/.venv is not there';
  const found = spawnSync(PYTHON, ['-c', 'import tokenizers'], { stdio: 'ignore' }).status === 0;
  return found ? null : 'infra/trainer/.venv has no Python package tokenizers';
}

/** Token ids of each line by Python's `tokenizers`. JSON keeps line breaks, controls and lone surrogates apart from the transport. */
export function encodeInPython(tokenizerPath: string, lines: readonly string[]): number[][] {
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const run = spawnSync(PYTHON, ['-m', 'edgemark_trainer', 'encode', tokenizerPath], {
    cwd: TRAINER,
    input,
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
    env: { ...process.env, PYTHONUTF8: '1' },
  });
  if (run.status !== 0) throw new Error(`encoding in Python failed: ${run.stderr.slice(-2000)}`);
  const rows = run.stdout.trimEnd().split('\n');
  return rows.map((row): number[] => JSON.parse(row));
}
