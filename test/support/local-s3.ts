import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startServerProcess } from './server-process.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Those of s3-worker/wrangler.jsonc. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

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
  const removeState = () => rm(state, { recursive: true, force: true });
  const port = String(await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const wrangler = join(REPOSITORY, 'node_modules/wrangler/bin/wrangler.js');
  const config = join(REPOSITORY, 'test/support/s3-worker/wrangler.jsonc');
  const address = ['--ip', '127.0.0.1', '--port', port, '--inspector-port', '0'];
  const args = [wrangler, 'dev', '--config', config, '--persist-to', state, ...address];
  const env = { CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: state };
  try {
    const server = await startServerProcess(origin, process.execPath, args, env);
    const stop = () => server.stop().then(removeState);
    return { bucket: 'edgemark-s3', endpoint: `${origin}/cdn-cgi/local/r2/s3`, credentials: CREDENTIALS, stop };
  } catch (error) {
    await removeState();
    throw error;
  }
}
