/**
 * From a fresh clone to a running script, with Node's built-ins only: finds or fetches a Node that runs TypeScript, installs
 * packages where they are missing, then runs the script on it.
 */
import { fileURLToPath } from 'node:url';
import { runToEnd } from './child-process.mjs';
import { installDependencies } from './dependencies.mjs';
import { DevError } from './dev-error.mjs';
import { findNode } from './node-runtime.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Runs `infra/dev/<script>` with this process's arguments and ends this process with its exit code.
 * @param {string} script
 */
export async function runScript(script) {
  try {
    const nodePath = await findNode(root, say);
    await installDependencies(root, nodePath, say);
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
    // The channel tells the script when this process is gone, even when it was killed without a chance to pass that on.
    process.exitCode = await runToEnd(
      nodePath,
      ['--disable-warning=ExperimentalWarning', path, ...process.argv.slice(2)],
      {
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      },
    );
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    console.error(`edgemark: ${error.message}\n  ${error.remedy}`);
    process.exitCode = 1;
  }
}

/** Progress goes to stderr: what a command answers stays alone on stdout. @param {string} line */
function say(line) {
  console.error(`edgemark: ${line}`);
}
