import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './child-process.mjs';
import { DevError } from './dev-error.mjs';
import { npmCommand } from './npm-command.mjs';

/** What is fetched where the system's Node is too old; the packages `node-<platform>-<arch>` carry the official binaries. */
const FETCHED_VERSION = '24.21.0';

/** Needed for a start at all: npm of that age reads our lock file. */
const OLDEST_MAJOR = 20;

/** The first Node that runs TypeScript by stripping types, without a flag (Node 22.18 and 23.6). */
const STRIPS_TYPES = { 22: 18, 23: 6 };

/**
 * The Node that everything runs on: the present one if it is new enough, else one fetched once into `.node/`.
 * @param {string} root the checkout
 * @param {(line: string) => void} say
 * @returns {Promise<string>} path of the executable
 */
export async function findNode(root, say) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_MAJOR) {
    throw new DevError(
      `Node ${process.versions.node} is too old.`,
      `Install Node ${OLDEST_MAJOR} or newer: https://nodejs.org`,
    );
  }
  if (isNewEnough(major, minor)) return process.execPath;
  const path = fetchedNodePath(root);
  if (!existsSync(path)) await fetchNode(root, say);
  return path;
}

/** @param {number} major @param {number} minor */
function isNewEnough(major, minor) {
  const needed = STRIPS_TYPES[/** @type {22 | 23} */ (major)];
  return needed === undefined ? major > 23 : minor >= needed;
}

function packageName() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** @param {string} root */
function fetchedNodePath(root) {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, '.node', 'node_modules', packageName(), 'bin', executable);
}

/** @param {string} root @param {(line: string) => void} say */
async function fetchNode(root, say) {
  say(`Node ${process.versions.node} is older than 22.18: fetching Node ${FETCHED_VERSION} into .node (once)`);
  // npm refuses a prefix that is not there.
  mkdirSync(join(root, '.node'), { recursive: true });
  const npm = npmCommand();
  const spec = `${packageName()}@${FETCHED_VERSION}`;
  const args = [...npm.args, 'install', '--prefix', join(root, '.node'), '--no-save', '--no-audit', '--no-fund'];
  const code = await runToEnd(npm.command, [...args, '--ignore-scripts', '--loglevel=error', spec], {
    cwd: root,
    shell: npm.shell,
  });
  if (code !== 0 || !existsSync(fetchedNodePath(root))) {
    throw new DevError(
      `npm could not fetch ${spec}.`,
      'Check the connection to the npm registry, or install Node 22.18 or newer.',
    );
  }
}
