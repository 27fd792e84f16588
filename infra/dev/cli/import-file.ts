import { createReadStream, existsSync } from 'node:fs';
import { createGunzip, gzipSync } from 'node:zlib';
import { type ImportAnswer, ImportSchema } from '../../../functions/collect/contract.ts';
import { FIELDS } from '../../../functions/collect/import-mapping.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi, sendFile } from './api.ts';
import { type Command, type CommandCall, isSet, onlyArgument, textOption, UsageError } from './command.ts';

/** Bytes of the file that one part has, before it is packed; an AWS Lambda takes 6 MB. */
const PART_BYTES = 4 * 1024 * 1024;
/** Bytes of the beginning that tell how a file is understood. */
const SAMPLE_BYTES = 256 * 1024;

export const importCommand: Command = {
  name: 'import',
  takes: 'FILE',
  summary: 'Import orders, events or items',
  details:
    'FILE is CSV or NDJSON, gzipped or not, as a shop exports it. How it is understood is guessed from the header and shown; --dry-run shows it and keeps nothing. An import that broke off goes on with --resume; importing a file again changes nothing.',
  options: {
    kind: { type: 'string', value: 'KIND', help: 'orders, events or items; guessed otherwise' },
    map: {
      type: 'string',
      value: 'A=B,…',
      help: `field=column for columns that are guessed wrong: ${FIELDS.join(', ')}`,
    },
    dates: { type: 'string', value: 'FORMAT', help: 'iso, mdy, dmy, unix-s or unix-ms; guessed otherwise' },
    consent: { type: 'boolean', help: 'all customers in the file agreed' },
    'dry-run': { type: 'boolean', help: 'show how the file is understood and keep nothing' },
    resume: { type: 'string', value: 'ID', help: 'go on with this import' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    const path = onlyArgument(call, 'FILE');
    if (!existsSync(path)) throw new DevError(`there is no file ${path}.`, 'Name a CSV or NDJSON file.');
    const answer = isSet(call, 'dry-run') ? await tryFile(call, path) : await sendParts(call, path);
    if (isSet(call, 'json')) console.log(JSON.stringify(answer, null, 2));
    else console.log(describe(answer));
  },
};

async function tryFile(call: CommandCall, path: string): Promise<ImportAnswer> {
  for await (const part of readParts(path, SAMPLE_BYTES)) {
    // Whole lines only: the last one is cut where the sample ends.
    const whole = part.subarray(0, part.lastIndexOf(0x0a) + 1 || part.length);
    const { mapping, ...settings } = settingsOf(call);
    const query = new URLSearchParams({ dryRun: 'true', ...(mapping ? { mapping: JSON.stringify(mapping) } : {}) });
    for (const [name, value] of Object.entries(settings)) query.set(name, String(value));
    return ImportSchema.parse(await sendFile(call.environment, 'POST', `/v1/imports?${query}`, gzipSync(whole)));
  }
  throw new DevError(`${path} is empty.`, 'Name a file with a header and rows.');
}

async function sendParts(call: CommandCall, path: string): Promise<ImportAnswer> {
  const resumed = textOption(call, 'resume');
  const begun = ImportSchema.parse(
    resumed === undefined
      ? await callApi(call.environment, '/v1/imports', settingsOf(call))
      : await callApi(call.environment, `/v1/imports/${resumed}`),
  );
  let number = 0;
  let isShown = isSet(call, 'json');
  for await (const part of readParts(path, PART_BYTES)) {
    number++;
    // Parts that were taken before are answered without being read.
    if (number < begun.nextPart) continue;
    const answer = await sendPart(call, begun.importId, number, part);
    if (!isShown && answer.understood) console.log(describeUnderstood(answer));
    isShown ||= answer.understood !== null;
    if (!isSet(call, 'json')) console.log(`part ${number}: ${answer.rows.read} rows read so far`);
  }
  return ImportSchema.parse(await callApi(call.environment, `/v1/imports/${begun.importId}/finish`, {}));
}

async function sendPart(call: CommandCall, importId: string, number: number, part: Buffer): Promise<ImportAnswer> {
  try {
    const path = `/v1/imports/${importId}/parts/${number}`;
    return ImportSchema.parse(await sendFile(call.environment, 'PUT', path, gzipSync(part)));
  } catch (error) {
    if (error instanceof DevError)
      throw new DevError(error.message, `${error.remedy}\n  To go on: the same command with --resume ${importId}`);
    throw error;
  }
}

/** The file's bytes, unpacked, in parts of one size. */
async function* readParts(path: string, partBytes: number): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < partBytes) continue;
    yield Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

function settingsOf(call: CommandCall): Record<string, unknown> {
  const mapping = Object.fromEntries(
    (textOption(call, 'map')?.split(',') ?? []).map((pair) => {
      const [field = '', ...column] = pair.split('=');
      if (column.length === 0) throw new UsageError(`--map takes field=column, not "${pair}"`);
      return [field.trim(), column.join('=').trim()];
    }),
  );
  const kind = textOption(call, 'kind');
  const dateFormat = textOption(call, 'dates');
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(Object.keys(mapping).length === 0 ? {} : { mapping }),
    ...(isSet(call, 'consent') ? { consent: true } : {}),
  };
}

function describeUnderstood({ understood }: ImportAnswer): string {
  if (!understood) return 'The file has no header yet.';
  const fields = Object.entries(understood.mapping).map(([field, column]) => `  ${field.padEnd(10)} ← ${column}`);
  return [`Understood as ${understood.kind} (${understood.format}, dates ${understood.dateFormat}):`, ...fields].join(
    '\n',
  );
}

function describe(answer: ImportAnswer): string {
  const { rows, rejectedBy, rejected, items, period } = answer;
  const reasons = Object.entries(rejectedBy).sort((a, b) => b[1] - a[1]);
  return [
    ...(answer.status === 'dry run' ? [describeUnderstood(answer)] : []),
    `${rows.read} rows read: ${rows.accepted} ${answer.status === 'dry run' ? 'would be taken' : 'taken'}, ${rows.rejected} rejected.`,
    `  ${rows.guests} without a customer, ${rows.duplicates} that repeat another, ${items} items told of${period ? `, from ${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}` : ''}.`,
    ...reasons.map(([reason, count]) => `  ${String(count).padStart(7)}  ${reason}`),
    ...(rejected.length > 0
      ? [
          `  The first rejected lines: ${rejected
            .slice(0, 5)
            .map(({ line }) => line)
            .join(', ')}`,
        ]
      : []),
  ].join('\n');
}
