/** `npm run bench:evaluate`: the states and readers of `evaluate` beside scikit-learn, on the same made-up rows. */
import { join } from 'node:path';
import { compareFigures } from './measure/agreement.mjs';
import { renderEvaluateReport } from './report/evaluate.mjs';
import { installWithoutServers } from './support/install.mjs';
import { describeSystem, describeVersions } from './support/machine.mjs';
import { BENCH, PYTHON, ROOT, WORK } from './support/paths.mjs';
import { runCommand } from './support/processes.mjs';
import { commandLine, runBench, say } from './support/run-bench.mjs';
import { ONE_THREAD } from './targets/peers.mjs';

/** Most rows of a file; longer ones are the same rows again. */
const FILE_ROWS = 1_000_000;
/** Up to so many rows, times are medians of three runs. */
const REPEATED_ROWS = 1_000_000;
const OWN_KINDS = ['report', 'rocAuc', 'binary'];
const PEER_KINDS = ['report', 'rocAuc', 'logLoss', 'binary'];
const FILES = {
  'scores.ndjson': 'binary-classification',
  'long-scores.ndjson': 'binary-classification',
  'classes.ndjson': 'classification',
  'probabilities.ndjson': 'classification',
  'scores.csv': 'binary-classification',
  'long-scores.csv': 'binary-classification',
  'classes.csv': 'classification',
  'rankings.ndjson': 'ranking',
  'drift.ndjson': 'drift',
};
/** Files that are also read as often as makes the most rows. */
const LONG_FILES = ['scores.ndjson', 'scores.csv', 'rankings.ndjson', 'drift.ndjson'];
/** One object of the file's rows so often: a gibibyte, which is divided into 17 pieces. */
const PARTS = { file: 'scores.ndjson', repeats: 37, consumers: '1,2,4' };

await runBench({ name: 'evaluate', bench, render: renderEvaluateReport, needsData: false });

async function bench(options) {
  const nodePath = await installWithoutServers(say);
  const machine = {
    ...(await describeSystem()),
    versions: await describeVersions(nodePath, ['numpy', 'scipy', 'scikit-learn']),
  };
  const mostRows = Math.max(...options.rows);
  const fileRows = Math.min(FILE_ROWS, mostRows);
  const node = async (script, ...args) => {
    const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
    return runCommand(nodePath, [...flags, join(BENCH, 'measure', script), ...args.map(String)], { cwd: ROOT });
  };
  say(`making ${mostRows} rows`);
  await node('made-up-scores.mjs', WORK, mostRows, fileRows);
  const arrays = [];
  for (const rows of options.rows) arrays.push(await measureArrays(node, rows));
  const files = [];
  for (const [name, task] of Object.entries(FILES)) files.push(await measureFile(node, name, task, 1, 3));
  for (const name of LONG_FILES) {
    files.push(await measureFile(node, name, FILES[name], Math.ceil(mostRows / fileRows), 1));
  }
  say('parts and merge');
  const { file, repeats, consumers } = PARTS;
  const folder = join(WORK, 'store');
  const scaling = JSON.parse(
    await node('evaluate-parts.mjs', FILES[file], join(WORK, file), repeats, consumers, folder),
  );
  return {
    command: commandLine('bench:evaluate', options.data),
    machine,
    arrays,
    files,
    scaling: { file, ...scaling },
  };
}

async function measureArrays(node, rows) {
  const runs = rows <= REPEATED_ROWS ? 3 : 1;
  const [edgemark, peer] = [{}, {}];
  for (const kind of OWN_KINDS) {
    say(`${rows} rows: Edgemark, ${kind}`);
    edgemark[kind] = JSON.parse(await node('evaluate-arrays.mjs', kind, WORK, rows, runs));
  }
  for (const kind of PEER_KINDS) {
    say(`${rows} rows: scikit-learn, ${kind}`);
    const args = ['-m', 'peers.metrics', kind, WORK, `${rows}`, `${runs}`];
    peer[kind] = JSON.parse(await runCommand(PYTHON, args, { cwd: BENCH, env: ONE_THREAD }));
  }
  const agreement = Object.fromEntries(
    OWN_KINDS.map((kind) => [kind, compareFigures(kind, edgemark[kind], peer[kind].figures)]),
  );
  return { rows, runs, edgemark: costsOf(edgemark), scikitLearn: costsOf(peer), agreement };
}

/** Without the figures themselves, which were compared. */
function costsOf(measured) {
  const pairs = Object.entries(measured);
  return Object.fromEntries(pairs.map(([kind, { figures: _, metrics: __, tables: ___, ...costs }]) => [kind, costs]));
}

async function measureFile(node, name, task, repeats, runs) {
  say(`${name}, ${repeats} times`);
  return { name, ...JSON.parse(await node('evaluate-files.mjs', task, join(WORK, name), repeats, runs)) };
}
