import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every process that this run started and that lives. */
const alive = new Set();

/**
 * Starts a server and gives its handle. Its output goes to `logPath`. `stop()` ends it and waits.
 * @param {{command: string, args: string[], cwd: string, env?: Record<string, string>, logPath: string}} options
 */
export function startProcess({ command, args, cwd, env = {}, logPath }) {
  const log = createWriteStream(logPath, { flags: 'a' });
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise((done) => {
    child.once('exit', done);
    child.once('error', done);
  });
  const handle = {
    pid: child.pid ?? 0,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      alive.delete(handle);
      if (!handle.hasEnded()) child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(hard);
      log.end();
    },
  };
  alive.add(handle);
  return handle;
}

/** Ends all that still runs: at the end of the run, on Ctrl-C and on a failure. */
export async function stopAll() {
  await Promise.all([...alive].map((handle) => handle.stop()));
}

/** Runs a command to its end; gives its stdout, throws with its stderr when it fails. */
export async function runCommand(command, args, { cwd, env = {}, echo = false }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', echo ? 'inherit' : 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (echo) process.stderr.write(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** Waits until the address answers 200; gives the milliseconds it took. Throws when the process ends or time is up. */
export async function waitUntilReady(url, handle, timeoutMs = 60_000, init = {}) {
  const startedAt = performance.now();
  while (performance.now() - startedAt < timeoutMs) {
    if (handle.hasEnded()) throw new Error(`the server for ${url} ended while starting; see its log`);
    try {
      const response = await fetch(url, init);
      await response.arrayBuffer();
      if (response.ok) return performance.now() - startedAt;
    } catch {
      // Not listening yet.
    }
    await sleep(5);
  }
  throw new Error(`${url} did not answer within ${timeoutMs} ms`);
}

/** A TCP port that is free now. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Resident memory and its peak in MiB, from Linux' /proc; null elsewhere. */
export function readMemory(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mebibytes = (field) => Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
    return { rssMib: mebibytes('VmRSS'), peakMib: mebibytes('VmHWM') };
  } catch {
    return null;
  }
}
