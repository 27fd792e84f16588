import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_TIMEOUT_MS = 60_000;
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** A running S3 server and how to reach its bucket. */
export interface LocalS3 {
  readonly bucket: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Ends the server with all its processes and removes its state. */
  stop(): Promise<void>;
}

/** Starts `wrangler dev` over an empty local R2 bucket, which it serves over S3, on a free port. */
export async function startLocalS3(): Promise<LocalS3> {
  const state = await mkdtemp(join(tmpdir(), 'edgemark-s3-'));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const server = spawnWrangler(state, new URL(origin).port);
  const stop = async () => {
    await endGroup(server);
    await rm(state, { recursive: true, force: true });
  };
  try {
    await untilReady(origin, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    bucket: 'edgemark-s3',
    endpoint: `${origin}/cdn-cgi/local/r2/s3`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local-secret' },
    stop,
  };
}

function spawnWrangler(state: string, port: string): ChildProcess {
  const wrangler = join(REPOSITORY, 'node_modules/wrangler/bin/wrangler.js');
  const config = join(REPOSITORY, 'test/support/s3-worker/wrangler.jsonc');
  const options = ['--config', config, '--ip', '127.0.0.1', '--port', port, '--persist-to', state];
  return spawn(process.execPath, [wrangler, 'dev', ...options, '--inspector-port', '0'], {
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: state },
    // A process group of its own, so that workerd ends with wrangler.
    detached: true,
    stdio: 'ignore',
  });
}

async function untilReady(origin: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`wrangler dev ended with code ${server.exitCode}`);
    const answer = await fetch(origin, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`wrangler dev was not ready within ${START_TIMEOUT_MS} ms`);
}

async function endGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return;
  const ended = once(server, 'exit');
  process.kill(-server.pid, 'SIGTERM');
  const force = setTimeout(() => server.pid !== undefined && process.kill(-server.pid, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(force);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
