import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** `instance.json` of the state folder: the `npm start` that uses it now. The command-line client finds address and key here. */
const InstanceSchema = z.object({ pid: z.int().positive(), url: z.url(), key: z.string() });

export type Instance = z.infer<typeof InstanceSchema>;

/** The running instance, or undefined without one (a file left by a killed one is not believed). */
export function readInstance(stateFolder: string): Instance | undefined {
  try {
    const instance = InstanceSchema.parse(JSON.parse(readFileSync(path(stateFolder), 'utf8')));
    return isAlive(instance.pid) ? instance : undefined;
  } catch {
    return undefined;
  }
}

/** The file holds the key: for its owner only. */
export function writeInstance(stateFolder: string, instance: Instance): void {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(path(stateFolder), `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
}

export function removeInstance(stateFolder: string): void {
  rmSync(path(stateFolder), { force: true });
}

function path(stateFolder: string): string {
  return join(stateFolder, 'instance.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process ended and only waits for its parent to notice, which in a container may be never; not known but on Linux (proc(5)). */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.startsWith('Z', stat.lastIndexOf(')') + 2);
  } catch {
    return false;
  }
}
