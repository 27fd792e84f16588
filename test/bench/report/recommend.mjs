import { EDGEMARK } from '../targets/recommend-servers.mjs';
import { machineLines } from './markdown.mjs';
import { count, ms, ratio, share, table } from './tables.mjs';

/** The whole result of the load of histories as Markdown. */
export function renderRecommendReport({ command, machine, quality, speed, parts, worker }) {
  const own = speed[EDGEMARK];
  const rows = Object.entries(speed).map(([name, s]) => [
    name === EDGEMARK ? `**${name}**` : name,
    share(quality[name]?.ndcg),
    ms(s.oneP50Ms),
    ms(s.oneP99Ms),
    count(s.requestsPerSecond),
    own ? ratio(own.requestsPerSecond / s.requestsPerSecond) : '–',
    ms(s.manyP50Ms),
    ms(s.manyP99Ms),
    `${s.peakMib ?? '–'}`,
    `${s.failures}`,
  ]);
  const header = [
    'server',
    'nDCG@10',
    'p50 ms, 1 conn.',
    'p99 ms',
    'requests/s, 8 conn.',
    'Edgemark is',
    'p50 ms, 8',
    'p99 ms, 8',
    'peak MiB',
    'failed',
  ];
  const [figure] = Object.values(quality);
  return [
    '# Recommending beside peers',
    `\nMade by \`${command}\`; the same figures as data: \`recommend.json\`.\n`,
    machineLines(machine),
    '\nA history of 50 film ids in the body, the ten best others out, API key on. MovieLens 100K, 20 % of all ratings held out at random (seed 42); EASE, ALS and LightFM (64 dimensions each) trained on the rest, Edgemark and Hono serve the same EASE at 64 dimensions in int8. LightFM has no way to fold a history in: it is asked by the number of a user whom it was trained on. Edgemark gives titles, reasons and a recommendation id besides.\n',
    table(header, rows),
    `\nRates are wrk's; p50 and p99 a closed-loop client's. nDCG@10: of the lists as served to ${figure?.users ?? 0} users' whole histories, all items ranked, standard error ${share(figure?.standardError)}. Worker: ${(worker.gzipBytes / 1e6).toFixed(2)} MB gzipped.`,
    '\n## One process without HTTP servers (Node, medians)\n',
    partsTable(parts),
    '',
  ].join('\n');
}

const PACKS = { pack: 'the films', large: '100,000 items × 128, random factors' };

function partsTable(parts) {
  const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const rows = Object.entries(PACKS).map(([name, title]) => {
    const part = parts[name];
    return [
      title,
      mib(part.graphBytes),
      mib(part.wasmHeapBytes),
      mib(part.itemsHeapBytes),
      ms(part.loadMs),
      ms(part.runMs),
      ms(part.requestMs),
    ];
  });
  const header = ['pack', 'graph MiB', 'WebAssembly heap MiB', 'items MiB', 'load ms', 'run ms', 'whole request ms'];
  return table(header, rows);
}
