/** Bundles every Worker as a deployment would and holds its gzipped size to the limit. Deploys nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findWorkers } from '../workspace/workers.ts';

/** Bytes; the platform takes 10 MB on the paid plan, a smaller Worker starts sooner. */
const LIMIT_BYTES = 4_500_000;

const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin', 'wrangler.js');
const folder = mkdtempSync(join(tmpdir(), 'edgemark-bundles-'));
try {
  const rows = findWorkers().map((worker) => ({ worker: worker.name, ...measure(worker.name, worker.configPath) }));
  console.table(
    rows.map((row) => ({ ...row, 'share of limit': `${((100 * row.gzippedBytes) / LIMIT_BYTES).toFixed(1)} %` })),
  );
  const tooLarge = rows.filter((row) => row.gzippedBytes > LIMIT_BYTES).map((row) => row.worker);
  if (tooLarge.length > 0) console.error(`over the limit of ${LIMIT_BYTES} bytes gzipped: ${tooLarge.join(', ')}`);
  process.exitCode = tooLarge.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(name: string, configPath: string): { rawBytes: number; gzippedBytes: number } {
  const outdir = join(folder, name);
  const bundled = spawnSync(
    process.execPath,
    [wrangler, 'deploy', '--dry-run', '--outdir', outdir, '--config', configPath],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_HIDE_BANNER: 'true',
        WRANGLER_WRITE_LOGS: 'false',
      },
    },
  );
  if (bundled.status !== 0) throw new Error(`${name} can't be bundled:\n${bundled.stdout}${bundled.stderr}`);
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true })
    // Maps and the note that wrangler leaves there are not uploaded as code.
    .filter((entry) => entry.isFile() && !/\.map$|^README\.md$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  return {
    rawBytes: files.reduce((total, file) => total + file.length, 0),
    gzippedBytes: files.reduce((total, file) => total + gzipSync(file).length, 0),
  };
}
