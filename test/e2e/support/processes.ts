import { execFileSync } from 'node:child_process';

/** The process and all below it, by their ids. */
export function processTree(rootPid: number): number[] {
  const rows = listProcesses();
  const tree = [rootPid];
  for (const pid of tree) tree.push(...rows.filter((row) => row.parent === pid).map((row) => row.pid));
  return tree;
}

/** Which of these processes run; one that ended and waits for its parent to notice (state Z) does not. */
export function stillRunning(pids: readonly number[]): string[] {
  return listProcesses()
    .filter((row) => pids.includes(row.pid) && !row.state.startsWith('Z'))
    .map((row) => `${row.pid} ${row.command}`);
}

function listProcesses(): { pid: number; parent: number; state: string; command: string }[] {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state = '', ...command] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state, command: command.join(' ') };
    });
}
