import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { WORK } from './paths.mjs';

const USAGE = `npm run bench -- [options]
  --data FOLDER      the data folder (default: EDGEMARK_DATA); the peers are trained and all texts are taken from it
  --peers a,b        which peers, by parts of their names (default: all; "none" for none)
  --seconds N        seconds of each load (default 3)
  --rounds N         rounds over all targets; figures are medians over the rounds (default 5)
  --soak-seconds N   length of the load that must end without a failed request (default 60)
  --disk FOLDER      where bench:collect's servers keep what they write (default: test/bench/.work)
  --rows a,b         numbers of rows that bench:evaluate measures (default 1000000,10000000)
  --no-save          print only, leave test/bench/results alone`;

/**
 * Options of the command, checked. Ends the process with the usage for --help.
 * @param {{needsData: boolean}} command whether it can't run without the data folder
 */
export function readOptions(argv, environment, { needsData }) {
  const { values } = parseArgs({
    args: argv,
    options: {
      data: { type: 'string' },
      peers: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      'soak-seconds': { type: 'string', default: '60' },
      disk: { type: 'string', default: WORK },
      rows: { type: 'string', default: '1000000,10000000' },
      'no-save': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const data = values.data ?? environment.EDGEMARK_DATA ?? '';
  if (needsData && !existsSync(data)) throw new Error(`--data names no folder.\n${USAGE}`);
  return {
    data: resolve(data),
    wantsPeer: (name) =>
      values.peers === undefined ||
      values.peers.split(',').some((part) => name.toLowerCase().includes(part.toLowerCase())),
    seconds: positive(values.seconds, '--seconds'),
    rounds: positive(values.rounds, '--rounds'),
    soakSeconds: positive(values['soak-seconds'], '--soak-seconds'),
    disk: resolve(values.disk),
    rows: values.rows.split(',').map((rows) => positive(rows, '--rows')),
    save: !values['no-save'],
  };
}

function positive(text, name) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a positive whole number`);
  return value;
}
