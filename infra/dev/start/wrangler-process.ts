import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT } from '../workspace/paths.ts';
import type { WorkerFolder } from '../workspace/workers.ts';

export const HOST = '127.0.0.1';

/** `wrangler dev` with all Workers, in a process group of its own. */
export interface WranglerProcess {
  /** Resolves when wrangler has ended, however it did. */
  readonly ended: Promise<void>;
  readonly logPath: string;
  /** Ends wrangler, workerd and esbuild, the hard way after a few seconds. Resolves when none is left. */
  stop(): Promise<void>;
  /** The last lines of its output, without colours. */
  logTail(lines: number): string;
}

interface WranglerOptions {
  readonly workers: readonly WorkerFolder[];
  readonly port: number;
  readonly stateFolder: string;
  /** Values of the secrets that Workers require; wrangler takes them from its environment. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** How long wrangler may take to end by itself before it is killed. */
const GRACE_MILLISECONDS = 4_000;

/** How long its children may outlive it. */
const LEFTOVER_MILLISECONDS = 500;

export function startWrangler(options: WranglerOptions): WranglerProcess {
  mkdirSync(options.stateFolder, { recursive: true });
  const logPath = join(options.stateFolder, 'wrangler.log');
  const log = openSync(logPath, 'w');
  const child = spawn(process.execPath, [wranglerScript(), ...wranglerArguments(options)], {
    cwd: ROOT,
    env: { ...process.env, ...options.secrets, ...quietEnvironment(options.stateFolder) },
    stdio: ['ignore', log, log],
    // Its own group: Ctrl-C reaches us alone, and we end the group whole. On Windows that would open a console window.
    detached: process.platform !== 'win32',
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    ended,
    logPath,
    stop: () => stopGroup(child, ended),
    logTail: (lines) => readTail(logPath, lines),
  };
}

function wranglerScript(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('wrangler/package.json')), 'bin', 'wrangler.js');
}

function wranglerArguments({ workers, port, stateFolder }: WranglerOptions): string[] {
  return [
    'dev',
    ...workers.flatMap((worker) => ['--config', worker.configPath]),
    ...['--ip', HOST, '--port', String(port)],
    // Port 0: any free one, so that two instances never meet there.
    ...['--inspector-port', '0'],
    ...['--persist-to', stateFolder],
    '--local',
    '--show-interactive-dev-session=false',
  ];
}

/** No telemetry, no update check, no request for the machine's place: nothing that leaves it. */
function quietEnvironment(stateFolder: string): Record<string, string> {
  return {
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    // Workers of the same name in another instance must not be taken for this one's.
    WRANGLER_REGISTRY_PATH: join(stateFolder, 'registry'),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  };
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return ended;
  }
  signalGroup(child.pid, 'SIGTERM');
  // wrangler ends its own children; whoever outlives it, or its time, is killed.
  await Promise.race([ended, pause(GRACE_MILLISECONDS)]);
  const deadline = Date.now() + LEFTOVER_MILLISECONDS;
  while (signalGroup(child.pid, 0) && Date.now() < deadline) await pause(25);
  signalGroup(child.pid, 'SIGKILL');
  await ended;
}

/** Whether the group still had a process to receive the signal; 0 only asks. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch {
    return false;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function readTail(path: string, lines: number): string {
  const text = readFileSync(path, 'utf8').trimEnd();
  return text.split('\n').slice(-lines).join('\n');
}
