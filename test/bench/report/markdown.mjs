import { count, ms, ratio, share, table } from './tables.mjs';

const EDGEMARK = 'edgemark';
/** Peers by the name their accuracy is kept under. */
const ACCURACY_OF = {
  'FastAPI + LinearSVC': 'linear-svc',
  'FastAPI + fastText': 'fasttext',
  'FastAPI + spaCy': 'spacy',
  'Hono + onnxruntime-node': 'edgemark',
  gateway: 'edgemark',
  edgemark: 'edgemark',
};
const TITLES = { edgemark: '**Edgemark classify, workerd**', gateway: 'Edgemark, through the gateway' };

/** The whole result as Markdown. */
export function renderReport(result) {
  return [
    '# Speed and accuracy beside peers',
    `\nMade by \`${result.command}\`; the same figures as data: \`speed.json\`.\n`,
    machineLines(result.machine),
    '\n## The same job over HTTP: one text → the three best of 227 intents, API key on\n',
    speedTable(result),
    "\nRates are wrk's at eight connections; p50 and p99 are a closed-loop client's, uncorrected (wrk adds the requests that a stall kept from being sent). Medians over interleaved rounds. Accuracy: best of all 227 labels, on the official test parts; every peer was trained on the same rows.",
    '\n## Accuracy on the same test rows\n',
    accuracyTable(result.accuracy),
    "\nBest label among those that the test set has (for sentiment: positive against negative). Peers have one model per data set; Edgemark's sentiment is one pack for all four and has a neutral class besides.",
    '\n## Where the time of one request goes (CPU time, one process, no HTTP)\n',
    partsTable(result),
    '\n## Start, size, memory, long load\n',
    costLines(result),
    "\n## Garbage collection under load (V8's trace, one connection)\n",
    collectionTable(result.garbageCollection),
    '',
  ].join('\n');
}

/** What was measured on and with, in a sentence. */
export function machineLines(machine) {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return `${machine.date.slice(0, 16).replace('T', ' ')} UTC, ${machine.processor}, ${machine.cores} cores shared by server and client, ${machine.memoryGib} GiB, ${machine.system}, load average ${machine.loadAverageAtStart} before the start, commit ${machine.commit}. ${versions.join(', ')}.`;
}

function speedTable({ speed, accuracy }) {
  const own = speed[EDGEMARK];
  const rows = Object.entries(speed).map(([name, s]) => {
    const figures = accuracy[ACCURACY_OF[name]];
    return [
      TITLES[name] ?? name,
      share(figures?.banking77?.accuracy),
      share(figures?.clinc150?.accuracy),
      ms(s.oneP50Ms),
      ms(s.oneP99Ms),
      count(s.rowsPerSecond1),
      ratio(own.rowsPerSecond1 / s.rowsPerSecond1),
      ms(s.manyP50Ms),
      ms(s.manyP99Ms),
      count(s.rowsPerSecond16),
      count(s.rowsPerSecond256),
      `${s.peakMib ?? '–'}`,
    ];
  });
  const header = [
    'server',
    'banking77',
    'CLINC150',
    'p50 ms, 1 conn.',
    'p99 ms',
    'requests/s, 8 conn.',
    'Edgemark is',
    'p50 ms, 8',
    'p99 ms, 8',
    'rows/s by 16',
    'rows/s by 256',
    'peak MiB',
  ];
  return table(header, rows);
}

function accuracyTable(accuracy) {
  const tests = [...new Set(Object.values(accuracy).flatMap((figures) => Object.keys(figures)))].filter(
    (test) => test !== 'clinc150-out-of-scope',
  );
  const rows = Object.entries(accuracy).map(([name, figures]) => [
    name,
    ...tests.map((test) => share(figures[test]?.accuracyOwnLabels)),
    share(figures['clinc150-out-of-scope']?.accuracy),
  ]);
  return table(['model', ...tests, 'out-of-scope recall'], rows);
}

function partsTable({ parts, speed }) {
  const us = (value) => value.toFixed(1);
  const floor = speed['workerd echo'];
  const rows = [
    ['JSON in and out', us(parts.jsonUs)],
    [`tokenizer (${parts.tokensPerText.toFixed(1)} tokens)`, us(parts.tokenizerUs)],
    ['ONNX Runtime, one row', us(parts.runUs)],
    ['ONNX Runtime, a row among 8', us(parts.run8RowUs)],
    ['ONNX Runtime, a row among 256', us(parts.run256RowUs)],
    ['softmax and best labels', us(parts.scoreUs)],
  ];
  if (floor)
    rows.push(['HTTP in workerd: an echo Worker’s 1 / (requests/s), client included', us(1e6 / floor.rowsPerSecond1)]);
  return table(['part', 'µs'], rows);
}

function costLines({ coldStart, worker, parts, soak }) {
  const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const kinds = Object.entries(soak.errors).map(([kind, n]) => `${kind} ${n}`);
  return [
    ...Object.entries(coldStart).map(
      ([name, c]) =>
        `- ${name}: process start to first answer ${c.medianMs.toFixed(0)} ms (median of ${c.tries}; ${c.bestMs.toFixed(0)} to ${c.worstMs.toFixed(0)})`,
    ),
    `- Worker: ${(worker.rawBytes / 1e6).toFixed(2)} MB, ${(worker.gzipBytes / 1e6).toFixed(2)} MB gzipped`,
    `- WebAssembly heap: ${mib(parts.emptyHeapBytes)} MiB empty, ${mib(parts.loadedHeapBytes)} with the pack, ${mib(parts.loadHeapBytes)} after batches of 256`,
    `- ${soak.seconds} s at eight connections: ${soak.requests.toLocaleString('en-GB')} requests, ${soak.failed} failed (${kinds.join(', ')}), resident memory ${soak.rssMib} MiB after, ${soak.peakMib} MiB peak`,
  ].join('\n');
}

function collectionTable(byTarget) {
  const rows = Object.entries(byTarget).map(([name, g]) => [
    name,
    count(g.requests),
    `${g.scavenge.count}`,
    `${g.scavenge.longestMs}`,
    `${g.markCompact.count}`,
    `${g.markCompact.longestMs}`,
    ms(g.maxMs),
  ]);
  return table(
    ['server', 'requests', 'scavenges', 'longest ms', 'mark-compacts', 'longest ms', 'slowest request ms'],
    rows,
  );
}
