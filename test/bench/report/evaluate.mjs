import { machineLines } from './markdown.mjs';
import { count, ratio, table } from './tables.mjs';

/** What each measurement is called, and which of scikit-learn's it stands beside. */
const COMPARED = [
  { title: 'report of ten classes, confusion matrix', own: 'report', peers: ['report'] },
  { title: 'ROC AUC alone', own: 'rocAuc', peers: ['rocAuc'] },
  { title: 'all of two classes, beside ROC AUC and log loss alone', own: 'binary', peers: ['rocAuc', 'logLoss'] },
  { title: 'all of two classes, beside eight of its figures', own: 'binary', peers: ['binary'] },
];
const FILE_TITLES = {
  'scores.ndjson': 'two classes, scores of 6 decimals, NDJSON',
  'long-scores.ndjson': 'two classes, scores of up to 17 digits, NDJSON',
  'classes.ndjson': 'ten classes, label and prediction, NDJSON',
  'probabilities.ndjson': 'ten classes, label and ten probabilities, NDJSON',
  'scores.csv': 'two classes, scores of 6 decimals, CSV',
  'long-scores.csv': 'two classes, scores of up to 17 digits, CSV',
  'classes.csv': 'ten classes, label and prediction, CSV',
  'rankings.ndjson': 'rankings of ten of 10,000 items, NDJSON',
  'drift.ndjson': 'drift of four features, NDJSON',
};

/** The whole result of evaluating beside scikit-learn as Markdown. */
export function renderEvaluateReport({ command, machine, arrays, files, scaling }) {
  return [
    '# Evaluating beside scikit-learn',
    `\nMade by \`${command}\`; the same figures as data: \`evaluate.json\`.\n`,
    machineLines(machine),
    '\nMade-up rows from a seed (`measure/made-up-scores.mjs`). Each measurement is a process of its own, on one thread. Seconds and MB/s are by the CPU time of the process, garbage collector and compiler included (wall time is in the JSON): medians of three runs up to 1,000,000 rows, one run of more. Peak: by how much resident memory rose above what was there with the input and all code loaded. Alive: the most that a forced collection left of objects and buffers beyond the input, looked at every 262,144 rows or 4 MiB.\n',
    '## From arrays in memory, without intervals\n',
    arraysTable(arrays),
    `\n${agreementLines(arrays)}`,
    '\n"All of two classes" is the task\'s one pass: confusion matrix and what follows from it, ROC AUC, average precision, best thresholds, log loss, Brier score, calibration, three curves. The eight of scikit-learn: ROC AUC, average precision, log loss, Brier score, accuracy, precision, recall, F1. Up to 1,048,576 rows scores are kept and sorted, so that all figures along them are exact; beyond that they are counted in bins as they come, with the bound that the answer states.',
    "\n## From bytes to the answer, by the function's own readers\n",
    filesTable(files),
    '\nThe file lies in memory and comes in chunks of 64 KiB. MB/s is reading and gathering; the last column the answer with intervals (1,000 bootstrap draws), which does not grow with the rows once scores are in bins. Rows of more than 1,000,000 are the same ones again. Resident memory has the young objects in it that wait for the collector; where those are many (ten probabilities a row), it is more than what is alive by far.',
    `\n## Parts and merge\n`,
    `One object of ${count(scaling.rows)} rows as in \`${scaling.file}\`, ${(scaling.bytes / 1e6).toFixed(0)} MB, as the function evaluates it from storage: ${scaling.pieces} pieces, a message each, and a merge by whoever comes last. Wall time. Consumers are processes of their own that are warm, over a folder on this disk as the store. Consumers beyond the machine's hardware threads only take turns; where two threads share a core, two consumers are less than twice as fast as one.\n`,
    scalingTable(scaling),
    '',
  ].join('\n');
}

function arraysTable(arrays) {
  const rows = arrays.flatMap(({ rows: size, edgemark, scikitLearn }) =>
    COMPARED.map(({ title, own, peers }) => {
      const ours = edgemark[own];
      const theirs = peers.map((peer) => scikitLearn[peer]);
      const theirSeconds = theirs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      return [
        title,
        size.toLocaleString('en-GB'),
        seconds(ours.cpuSeconds),
        theirs.map(({ cpuSeconds }) => seconds(cpuSeconds)).join(' + '),
        ratio(ours.cpuSeconds / theirSeconds),
        mebibytes(ours.peakBytes),
        mebibytes(ours.liveBytes),
        mebibytes(Math.max(...theirs.map(({ peakBytes }) => peakBytes))),
        seconds(ours.withIntervalsCpuSeconds),
      ];
    }),
  );
  const header = [
    'what',
    'rows',
    'Edgemark s',
    'scikit-learn s',
    "Edgemark's share",
    'peak MiB',
    'alive MiB',
    "scikit-learn's peak MiB",
    'with intervals s',
  ];
  return table(header, rows);
}

function agreementLines(arrays) {
  const lines = arrays.flatMap(({ rows, agreement }) =>
    Object.entries(agreement).map(([kind, { figures, largestDifference, statedBound, isWithin }]) => {
      const said =
        statedBound === 0 ? 'said to be exact' : `within a stated errorBound of up to ${statedBound.toExponential(1)}`;
      const verdict = isWithin ? said : `NOT within what is stated (${said})`;
      const title = COMPARED.findLast(({ own }) => own === kind)?.title;
      return `- ${title}, ${rows.toLocaleString('en-GB')} rows: ${figures === 1 ? '1 figure' : `${figures} figures`} compared, largest difference ${largestDifference.toExponential(1)}, ${verdict}`;
    }),
  );
  return ['Agreement with scikit-learn (rounding: 1e-9):', '', ...lines].join('\n');
}

function filesTable(files) {
  const rows = files.map((file) => [
    FILE_TITLES[file.name] ?? file.name,
    file.rows.toLocaleString('en-GB'),
    (file.bytes / 1e6).toFixed(0),
    (file.bytes / 1e6 / file.cpuSeconds).toFixed(0),
    count(file.rows / file.cpuSeconds),
    mebibytes(file.peakBytes),
    mebibytes(file.liveBytes),
    seconds(file.answerCpuSeconds),
  ]);
  return table(['file', 'rows', 'MB', 'MB/s a core', 'rows/s', 'peak MiB', 'alive MiB', 'answer s'], rows);
}

function scalingTable({ rows: total, runs }) {
  const ofRun = ({ partsSeconds, mergeSeconds }) => total / (partsSeconds + mergeSeconds);
  const rows = runs.map((run) => [
    `${run.consumers}`,
    count(ofRun(run)),
    ratio(ofRun(run) / ofRun(runs[0])),
    seconds(run.partsSeconds),
    seconds(run.mergeSeconds),
    mebibytes(run.savedBytes),
    mebibytes(run.peakBytes),
    run.isSame ? 'yes, to the last digit' : 'NO',
  ]);
  return table(
    [
      'consumers',
      'rows/s',
      'against one',
      'parts s',
      'merge and answer s',
      'saved states MiB',
      'a consumer’s peak MiB',
      'same as one pass',
    ],
    rows,
  );
}

function seconds(value) {
  return value.toFixed(value < 1 ? 3 : 2);
}

function mebibytes(bytes) {
  return bytes === null ? '–' : (Math.max(0, bytes) / 2 ** 20).toFixed(0);
}
