import { findEndpointApp } from './endpoint-suite.ts';
import { findTrainerPython, runPytest } from './python-suite.ts';
import { addTotals, NONE, type Totals } from './totals.ts';
import { runVitest } from './vitest-suites.ts';

/** End-to-end tests measure times and start servers: they run alone, after the others. */
const TOGETHER = ['unit', 'workerd', 'lambda', 'contract', 'faults', 'parity'];
const ALONE = ['e2e'];
const ENDPOINT = 'endpoint';
const PYTHON = 'python';

export const ALL_SUITES: readonly string[] = [...TOGETHER, ...ALONE, ENDPOINT, PYTHON];

export function runAllSuites(): Promise<Totals> {
  return runSuites(ALL_SUITES, []);
}

/** Runs the chosen suites, says in one line each what skips and why, and sums up. */
export async function runSuites(chosen: readonly string[], vitestOptions: readonly string[]): Promise<Totals> {
  let totals = NONE;
  if (!process.env['EDGEMARK_DATA']) say('EDGEMARK_DATA is not set: tests that read real data skip');
  for (const group of [TOGETHER, ALONE]) {
    const projects = group.filter((name) => chosen.includes(name));
    if (projects.length > 0) totals = addTotals(totals, await runVitest(projects, vitestOptions));
  }
  if (chosen.includes(ENDPOINT)) totals = addTotals(totals, await runEndpoint(vitestOptions));
  if (chosen.includes(PYTHON)) totals = addTotals(totals, await runPython());
  return totals;
}

async function runEndpoint(vitestOptions: readonly string[]): Promise<Totals> {
  const found = await findEndpointApp(process.env);
  if ('installed' in found) return runVitest([ENDPOINT], vitestOptions);
  say(`the tests of the training endpoint's CDK app skip: ${found.missing}`);
  return { ...NONE, skipped: 1 };
}

async function runPython(): Promise<Totals> {
  const found = await findTrainerPython(process.env);
  if ('python' in found) return runPytest(found.python);
  say(`the trainer's Python tests skip: ${found.missing}`);
  return { ...NONE, skipped: 1 };
}

function say(line: string): void {
  console.log(`edgemark: ${line}`);
}
