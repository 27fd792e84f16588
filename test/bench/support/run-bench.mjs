import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions } from './options.mjs';
import { RESULTS, WORK } from './paths.mjs';
import { stopAll } from './processes.mjs';

/**
 * The frame of a bench command: options, an empty work folder, the report on stdout and (unless told otherwise) in `results/`
 * as `NAME.md` and `NAME.json`; whatever happens, no process is left behind.
 * @param {{name: string, bench: (options: object) => Promise<object>, render: (result: object) => string, needsData?: boolean}} command
 */
export async function runBench({ name, bench, render, needsData = true }) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await stopAll();
      process.exit(130);
    });
  }
  try {
    const options = readOptions(process.argv.slice(2), process.env, { needsData });
    rmSync(WORK, { recursive: true, force: true });
    mkdirSync(WORK, { recursive: true });
    const result = await bench(options);
    const report = render(result);
    console.log(report);
    if (options.save) save(name, result, report);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    await stopAll();
    if (process.exitCode !== 1) rmSync(WORK, { recursive: true, force: true });
  }
}

function save(name, result, report) {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(RESULTS, `${name}.md`), report);
}

/** The command as it was given, without where the data folder lies. */
export function commandLine(script, data) {
  const args = process.argv.slice(2).map((arg) => (resolve(arg) === data ? 'FOLDER' : arg));
  return [`npm run ${script}`, ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
}

/** Progress goes to stderr: the report stays alone on stdout. */
export function say(line) {
  console.error(`bench: ${line}`);
}
