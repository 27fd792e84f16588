import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TRAINER = fileURLToPath(new URL('../../infra/trainer/', import.meta.url));
const PYTHON = `${TRAINER}.venv/bin/python`;

/** Whether the trainer's Python can import the module, or why not. */
export function pythonMissing(moduleName: string): string | null {
  if (!existsSync(PYTHON)) return 'infra/trainer/.venv is not there';
  const found = spawnSync(PYTHON, ['-c', `import ${moduleName}`], { cwd: TRAINER, stdio: 'ignore' }).status === 0;
  return found ? null : `infra/trainer/.venv has no Python package ${moduleName}`;
}

/** Runs a command of the trainer, the input on its standard input; what it wrote, or an error with the end of what it complained of. */
export function runTrainer(args: readonly string[], input = ''): string {
  const run = spawnSync(PYTHON, ['-m', 'edgemark_trainer', ...args], {
    cwd: TRAINER,
    input,
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
    env: { ...process.env, PYTHONUTF8: '1', OMP_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(`the trainer's ${args[0]} failed: ${run.stderr.slice(-2000)}`);
  return run.stdout;
}

/** Runs a command that reads JSON lines and writes one for each. */
export function runTrainerOnLines(args: readonly string[], lines: readonly unknown[]): unknown[] {
  const output = runTrainer(args, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const rows = output.trimEnd().split('\n');
  return rows.map((row): unknown => JSON.parse(row));
}
