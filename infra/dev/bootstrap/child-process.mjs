import { spawn } from 'node:child_process';
import { whenParentIsGone } from './parent-process.mjs';

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a command to its end. Signals are passed on, and so is the end of npm, so that ending either ends the child. A terminal's Ctrl-C reaches the
 * child twice that way, which must not mind.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} the exit code; 1 for a child that a signal ended
 */
export function runToEnd(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const stopForwarding = forwardSignals(child);
    child.on('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.on('exit', (code) => {
      stopForwarding();
      resolve(code ?? 1);
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  const forward = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  const stopAsking = whenParentIsGone(() => forward('SIGTERM'));
  return () => {
    stopAsking();
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}
