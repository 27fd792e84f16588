import { EVENT_BATCHES } from '../measure/events.mjs';
import { BESIDE, EDGEMARK, EDGEMARK_SYNCED } from '../targets/collect-servers.mjs';
import { machineLines } from './markdown.mjs';
import { count, ms, ratio, table } from './tables.mjs';

/** The whole result of the load of events as Markdown. */
export function renderCollectReport({ command, machine, speed, stored, soak, worker }) {
  return [
    '# Collecting events beside peers',
    `\nMade by \`${command}\`; the same figures as data: \`collect.json\`.\n`,
    machineLines(machine),
    '\nNew events in each call, API key on, 202 when they are kept. Two pairs promise the same: without fsync and SQLite at `synchronous = NORMAL` keep what they answered when the process ends, with fsync and at `FULL` also when the power fails. Edgemark makes keyed pseudonyms of customers, redacts, and tells the queue besides.\n',
    '\n## One call at a time, and eight\n',
    callsTable(speed),
    '\n## Events a second, accepted\n',
    eventsTable(speed),
    `\nAll from a closed-loop client in Node that makes each event and notes each answer, which costs it as much for every server; medians over interleaved rounds. The queue holds its messages back meanwhile. Afterwards the servers end and every accepted event is looked for on the disk: ${storedLine(stored)}. Worker: ${(worker.gzipBytes / 1e6).toFixed(2)} MB gzipped.`,
    `\n## ${soakTitle(soak)}\n`,
    soakTable(soak),
    '\nThe queue delivers meanwhile, to the same thread that accepts. "Until effective" counts events by the time until the last profile is written; SQLite finds a customer\'s newest events by an index that it writes within the insert, so that nothing is left to be done.\n',
    queueLines(soak),
    '',
  ].join('\n');
}

function callsTable(speed) {
  const header = [
    'server',
    'p50 ms, 1 event, 1 conn.',
    'p99 ms',
    'requests/s',
    'p50 ms, 8 conn.',
    'p99 ms',
    'requests/s',
  ];
  const more = ['Edgemark is', 'p50 ms, 100 events, 8 conn.', 'p99 ms', 'requests/s', 'peak MiB', 'failed'];
  const rows = Object.entries(speed).map(([name, s]) => [
    titleOf(name),
    ...['1By1', '1By8'].flatMap((load) => figures(s, load)),
    ratioTo(speed, name, (figure) => figure.requestsPerSecond1By8),
    ...figures(s, '100By8'),
    `${s.peakMib ?? '–'}`,
    `${s.failures}`,
  ]);
  return table([...header, ...more], rows);
}

function figures(s, load) {
  return [ms(s[`p50Ms${load}`]), ms(s[`p99Ms${load}`]), count(s[`requestsPerSecond${load}`])];
}

function eventsTable(speed) {
  const loads = [1, 8].flatMap((connections) => EVENT_BATCHES.map((size) => ({ size, connections })));
  const header = ['server', ...loads.map(({ size, connections }) => `by ${size}, ${connections} conn.`)];
  const rows = Object.entries(speed).map(([name, s]) => [
    titleOf(name),
    ...loads.map(({ size, connections }) => {
      const field = `eventsPerSecond${size}By${connections}`;
      const times = ratioTo(speed, name, (figure) => figure[field]);
      return times === '–' ? count(s[field]) : `${count(s[field])} (${times})`;
    }),
  ]);
  return `${table(header, rows)}\n\nIn brackets: how many times the peer's events per second those of the Edgemark are that promises the same.`;
}

function storedLine(stored) {
  return Object.entries(stored)
    .map(
      ([name, s]) =>
        `${name} ${exact(s.stored)} stored, ${s.missing} missing, ${s.different} different, ${s.repeated} twice`,
    )
    .join('; ');
}

function soakTitle(soak) {
  const [first] = Object.values(soak);
  if (!first) return 'A long load';
  return `${Math.round(first.elapsedMs / 1000)} s at eight connections, ${first.size} events a call, then counted on the disk`;
}

function soakTable(soak) {
  const header = ['server', 'events accepted', 'failed calls', 'missing', 'different', 'twice', 'events/s accepted'];
  const more = ['Edgemark is', 'p50 ms', 'p99 ms', 'drain s', 'events/s until effective', 'Edgemark is', 'peak MiB'];
  const rows = Object.entries(soak).map(([name, s]) => [
    titleOf(name),
    exact(s.accepted),
    `${s.failures}`,
    `${s.stored.missing}`,
    `${s.stored.different}`,
    `${s.stored.repeated}`,
    count(s.eventsPerSecond),
    ratioTo(soak, name, (figure) => figure.eventsPerSecond),
    ms(s.p50Ms),
    ms(s.p99Ms),
    s.queue ? (s.queue.drainMs / 1000).toFixed(1) : '0',
    count(s.effectivePerSecond),
    ratioTo(soak, name, (figure) => figure.effectivePerSecond),
    s.servicesMib ? `${s.peakMib} + ${s.servicesMib}` : `${s.peakMib ?? '–'}`,
  ]);
  return table([...header, ...more], rows);
}

function queueLines(soak) {
  return Object.entries(soak)
    .filter(([, s]) => s.queue)
    .map(([name, { queue, stored }]) =>
      [
        `- ${name}: ${exact(stored.parts)} parts; ${exact(queue.backlog)} messages unsettled at the end of the load, settled in ${(queue.drainMs / 1000).toFixed(1)} s;`,
        `${exact(queue.batches)} deliveries, ${queue.retried} messages retried, ${queue.dropped} dropped.`,
        `Profiles written: ${exact(queue.profileWrites)}, ${count(queue.profileWritesPerSecondUnderLoad)} a second under load, ${count(queue.profileWritesPerSecondAfter)} after.`,
        `Of ${exact(stored.users)} customers' profiles (${exact(stored.profileEvents)} events, ${exact(stored.boundedTypes)} lists at the bound of 200) ${stored.wrongProfiles} do not hold exactly what they must.`,
      ].join(' '),
    )
    .join('\n');
}

function ratioTo(figuresOf, name, value) {
  const own = figuresOf[BESIDE[name]];
  return own ? ratio(value(own) / value(figuresOf[name])) : '–';
}

function titleOf(name) {
  return name === EDGEMARK || name === EDGEMARK_SYNCED ? `**${name}**` : name;
}

function exact(value) {
  return value.toLocaleString('en-GB');
}
