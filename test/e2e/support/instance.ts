import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { localStore } from '../../../infra/dev/workspace/local-store.ts';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';
import { ROOT } from './npm-start.ts';

/** POSTs JSON to the shared instance with its key, or another one. */
export function post(
  path: string,
  body: unknown,
  options: { key?: string; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(inject('url') + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${options.key ?? inject('key')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** The shared instance's bucket. */
export function bucket(): BlobStore {
  return localStore(inject('url'));
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command-line client against the shared instance's state folder. */
export function edgemark(...args: string[]): Promise<CliResult> {
  return edgemarkWith({}, ...args);
}

/** The same with more environment. */
export async function edgemarkWith(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<CliResult> {
  const own = { EDGEMARK_STATE: inject('stateFolder'), EDGEMARK_URL: '', EDGEMARK_KEY: '', EDGEMARK_DEV_KEY: '' };
  const child = spawn(process.execPath, [join(ROOT, 'infra/dev/edgemark.mjs'), ...args], {
    env: { ...process.env, ...own, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: Number(code ?? 1), stdout, stderr };
}
