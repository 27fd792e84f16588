import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { processTree } from './processes.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** `npm start` as a user runs it, in a process group of its own as a terminal would give it. */
export interface NpmStart {
  readonly pid: number;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** Resolves when the output has the text; rejects when the process ends first or the time is over. */
  waitFor(text: string, seconds?: number): Promise<void>;
  /** The exit code, once it ended. */
  readonly ended: Promise<number>;
  /** What a terminal does on Ctrl-C: SIGINT to the whole group. */
  pressCtrlC(): void;
  /** Ctrl-C and wait. For clean-up. */
  stop(): Promise<void>;
  processes(): number[];
}

export const READY = 'Ctrl-C ends it.';
const START_SECONDS = 180;

export function npmStart(environment: Readonly<Record<string, string>>, args: readonly string[] = []): NpmStart {
  const child = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: ROOT,
    env: { ...withoutSettings(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid === undefined) throw new Error('npm can not be started');
  const pid = child.pid;
  const output = collect(child);
  const ended = once(child, 'exit').then(([code]) => Number(code ?? 1));
  return {
    pid,
    output,
    ended,
    waitFor: (text, seconds = START_SECONDS) => waitForText(output, text, seconds, ended),
    pressCtrlC: () => process.kill(-pid, 'SIGINT'),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGINT');
      await ended;
    },
    processes: () => processTree(pid),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Settings of whoever runs the tests must not reach what they start. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PORT: _port, EDGEMARK_DEV_KEY: _key, EDGEMARK_STATE: _state, NODE_ENV: _mode, ...rest } = environment;
  return rest;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

async function waitForText(output: () => string, text: string, seconds: number, ended: Promise<number>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const deadline = Date.now() + seconds * 1000;
  while (!output().includes(text)) {
    if (isOver || Date.now() > deadline) {
      throw new Error(`npm start ${isOver ? 'ended' : 'was slow'} before it said "${text}". It said:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
