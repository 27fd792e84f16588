/**
 * How to call npm: by its own script when npm called us (the same npm, on whichever Node we choose), else from PATH.
 * @param {string} [nodePath]
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand(nodePath = process.execPath) {
  const script = process.env['npm_execpath'];
  if (script && /npm-cli\.c?js$/.test(script)) return { command: nodePath, args: [script], shell: false };
  // On Windows npm is a .cmd file, which only a shell can start.
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}
