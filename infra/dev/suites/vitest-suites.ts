import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runToEnd } from '../bootstrap/child-process.mjs';
import { ROOT } from '../workspace/paths.ts';
import type { Totals } from './totals.ts';

/** What is read of vitest's JSON reporter, https://vitest.dev/guide/reporters#json-reporter */
const ReportSchema = z.object({
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** Runs vitest projects in one go and counts. A file that fails without a failed test, and an error outside tests, count as one each. */
export async function runVitest(projects: readonly string[], extraArgs: readonly string[] = []): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'edgemark-tests-'));
  try {
    const report = join(folder, 'report.json');
    const code = await runToEnd(
      process.execPath,
      [
        vitestScript(),
        ...['run', '--config', join(ROOT, 'test', 'vitest.config.ts')],
        ...projects.flatMap((project) => ['--project', project]),
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
        ...extraArgs,
      ],
      { cwd: ROOT },
    );
    return countReport(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function vitestScript(): string {
  return join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
}

function countReport(path: string, exitCode: number): Totals {
  const totals = readTotals(path);
  return exitCode !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

function readTotals(path: string): Totals {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const files = ReportSchema.parse(JSON.parse(text)).testResults;
  const statuses = files.flatMap((file) => file.assertionResults.map((test) => test.status));
  const brokenFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  return { passed, failed: failed + brokenFiles.length, skipped: statuses.length - passed - failed };
}
