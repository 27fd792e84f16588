import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PYTHON = fileURLToPath(new URL('../../infra/trainer/.venv/bin/python', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../parity/pillow.py', import.meta.url));

/** One picture asked of Pillow, see test/parity/pillow.py. */
export interface PillowRequest {
  readonly path?: string;
  readonly pattern?: readonly [width: number, height: number];
  /** Sides that a JPEG's reduced scale must not go below. */
  readonly draft?: readonly [width: number, height: number];
  readonly size: readonly [width: number, height: number];
  readonly filter: number;
}

/** Whether Pillow can be asked, or why not. */
export function pillowMissing(): string | null {
  if (!existsSync(PYTHON)) return 'infra/trainer/.venv is not there';
  const found = spawnSync(PYTHON, ['-c', 'import PIL'], { stdio: 'ignore' }).status === 0;
  return found ? null : 'infra/trainer/.venv has no Python package pillow';
}

export function pillowVersion(): string {
  const run = spawnSync(PYTHON, ['-c', 'import PIL; print(PIL.__version__)'], { encoding: 'utf8' });
  return run.stdout.trim();
}

/** RGB of each request, in their order. */
export function askPillow(requests: readonly PillowRequest[]): Uint8Array[] {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  const run = spawnSync(PYTHON, [SCRIPT], { input, maxBuffer: 1024 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`Pillow failed: ${run.stderr.toString().slice(-2000)}`);
  let offset = 0;
  return requests.map(({ size: [width, height] }) => {
    const length = 3 * width * height;
    const pixels = new Uint8Array(run.stdout.subarray(offset, offset + length));
    offset += length;
    return pixels;
  });
}

/** Pixels of no meaning that Python makes alike: byte i is (i × i × 31 + i × 7) mod 251. */
export function patternPixels(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * i * 31 + i * 7) % 251);
}
