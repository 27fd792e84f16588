import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runToEnd } from './child-process.mjs';
import { DevError } from './dev-error.mjs';
import { npmCommand } from './npm-command.mjs';

/**
 * Runs npm when what is installed is not what package-lock.json says; else takes a few milliseconds. `npm install --no-save` takes
 * the lock file's versions and leaves the file alone, as `npm ci` does; but `npm ci` refuses a lock file that lacks an optional
 * package of another platform, and such a file is what npm writes where the registry doesn't offer it.
 * @param {string} root
 * @param {string} nodePath
 * @param {(line: string) => void} say
 */
export async function installDependencies(root, nodePath, say) {
  if (isInstalled(root)) return;
  say('installing packages (once for each package-lock.json)');
  const npm = npmCommand(nodePath);
  // No package here needs its install script, and npm 10 knows no allowScripts: so none may run.
  const args = [...npm.args, 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await runToEnd(npm.command, args, {
    cwd: root,
    shell: npm.shell,
    env: { ...process.env, PATH: `${dirname(nodePath)}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  if (code !== 0)
    throw new DevError(
      'npm install failed; its own words are above.',
      'Check the connection to the npm registry and run the command again.',
    );
}

/**
 * npm writes `node_modules/.package-lock.json` as the last step of an install: the packages that are really there. Comparing it
 * recognises `npm ci` and `npm install` by hand, another branch's lock file and an install that was broken off.
 * @param {string} root
 */
function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted)
    throw new DevError('package-lock.json is missing or broken.', 'Restore it: git checkout package-lock.json');
  if (!present) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.link || present[path]?.version === entry.version,
  );
}

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockEntry
 * @param {string} path
 * @returns {Record<string, LockEntry> | undefined}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
