import { EDGEMARK } from '../targets/image-servers.mjs';
import { machineLines } from './markdown.mjs';
import { count, ms, ratio, share, table } from './tables.mjs';

/** The whole result of the image load as Markdown. */
export function renderImageReport({ command, machine, pack, accuracy, speed, parts, worker }) {
  const own = speed[EDGEMARK];
  const rows = Object.entries(speed).map(([name, s]) => [
    name === EDGEMARK ? `**${name}**` : name,
    share(accuracy[name]?.accuracy),
    ms(s.webP50Ms),
    ms(s.webP99Ms),
    count(s.webPerSecond),
    own ? ratio(own.webPerSecond / s.webPerSecond) : '–',
    ms(s.phoneP50Ms),
    count(s.phonePerSecond),
    count(s.progressive.requestsPerSecond),
    `${s.peakMib ?? '–'}`,
    `${s.failures + s.progressive.failed}`,
  ]);
  const header = [
    'server',
    'accuracy',
    'p50 ms, 640×480',
    'p99 ms',
    'requests/s, 8 conn.',
    'Edgemark is',
    'p50 ms, 12 MP',
    '12 MP/s, 8 conn.',
    '12 MP progressive/s, 8 conn.',
    'peak MiB',
    'failed',
  ];
  return [
    '# Tagging pictures beside peers',
    `\nMade by \`${command}\`; the same figures as data: \`images.json\`.\n`,
    machineLines(machine),
    `\nOne JPEG in, the three best tags of \`${pack}\` out, API key on; every server runs the same pack. p50 and p99 at one connection. Pictures are mosaics of photographs, quality 85.\n`,
    table(header, rows),
    `\nAccuracy: best tag on the official test part (${Object.values(accuracy)[0]?.pictures ?? 0} pictures), each server with its own way of resizing. Peak is the process' resident memory after eight connections of 12 MP progressive pictures. Worker: ${(worker.gzipBytes / 1e6).toFixed(2)} MB gzipped.`,
    partsTable(parts),
    '',
  ].join('\n');
}

const WAYS = {
  edgemark: 'Edgemark, in Node',
  pillow: 'Pillow + onnxruntime',
  'pillow-draft': 'Pillow draft + onnxruntime',
  opencv: 'OpenCV + onnxruntime',
};

function partsTable(parts) {
  const rows = Object.entries(WAYS).map(([way, title]) => [
    title,
    ...Object.values(parts).flatMap((kind) => {
      const { decodeMs, resizeMs, runMs, describeMs } = kind[way];
      return [ms(decodeMs), ms(resizeMs), ms(runMs), describeMs === undefined ? '–' : ms(describeMs)];
    }),
  ]);
  const columns = ['decode', 'resize', 'run', 'colours, hash …'];
  const header = ['ms', ...['640×480', '12 MP'].flatMap((size) => columns.map((column) => `${column}, ${size}`))];
  const title =
    '\nWhere the time goes, one picture after the other in one process without HTTP (wall time, medians):\n';
  return [title, table(header, rows)].join('\n');
}
