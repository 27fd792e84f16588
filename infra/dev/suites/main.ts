/** Runs the suites named as arguments, or all; vitest's own options go behind `--`. The last line is the sum of all. */
import { ALL_SUITES, runSuites } from './run-suites.ts';
import { formatTotals } from './totals.ts';

const { suites, options } = readArguments(process.argv.slice(2));
const unknown = suites.filter((name) => !ALL_SUITES.includes(name));
if (unknown.length > 0) {
  console.error(`edgemark: there is no suite ${unknown.join(', ')}. Suites: ${ALL_SUITES.join(', ')}.`);
  process.exit(2);
}
const totals = await runSuites(suites.length === 0 ? ALL_SUITES : suites, options);
console.log(formatTotals(totals));
process.exit(totals.failed === 0 ? 0 : 1);

function readArguments(args: readonly string[]): { suites: string[]; options: string[] } {
  const separator = args.indexOf('--');
  if (separator >= 0) return { suites: args.slice(0, separator), options: args.slice(separator + 1) };
  return {
    suites: args.filter((arg) => !arg.startsWith('-')),
    options: args.filter((arg) => arg.startsWith('-')),
  };
}
