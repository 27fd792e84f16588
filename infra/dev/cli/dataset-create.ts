import { BuildSchema, DatasetSchema, type Understood, UnderstoodSchema } from '../../../functions/prepare/contract.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi } from './api.ts';
import { type Command, type CommandCall, isSet, textOption, UsageError } from './command.ts';
import { WISH_OPTIONS, wishOf } from './dataset-wish.ts';
import { describeReport } from './dataset-words.ts';
import { uploadFile } from './upload-file.ts';

const POLL_MILLISECONDS = 1_000;

export const datasetCreateCommand: Command = {
  name: 'dataset create',
  takes: 'NAME [FILE]',
  summary: 'Make a version of a dataset',
  details:
    'FILE is CSV or NDJSON, gzipped or not; --feedback and --events take what was collected in its place. How the file is understood is shown; --dry-run shows it and makes nothing. An upload that broke off goes on with --resume.',
  options: {
    ...WISH_OPTIONS,
    'dry-run': { type: 'boolean', help: 'show how the file is understood and make nothing' },
    resume: { type: 'string', value: 'ID', help: 'go on with this upload' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    const [name, path, ...rest] = call.positionals;
    if (name === undefined) throw new UsageError('NAME is missing');
    if (rest.length > 0) throw new UsageError(`only one FILE is taken; "${rest[0]}" is one too many`);
    const isCollected = isSet(call, 'feedback') || isSet(call, 'events');
    if (isCollected === (path !== undefined)) throw new UsageError('give a FILE, --feedback or --events');
    const say = (line: string) => {
      if (!isSet(call, 'json')) console.log(line);
    };
    const wish = wishOf(call, name);
    const source =
      path === undefined
        ? wish['source']
        : { upload: await uploadFile(call.environment, path, textOption(call, 'resume'), say) };
    const answer = await callApi(call.environment, '/v1/datasets', { ...wish, source, dryRun: isSet(call, 'dry-run') });
    await follow(call, name, answer, say);
  },
};

async function follow(call: CommandCall, name: string, answer: unknown, say: (line: string) => void): Promise<void> {
  const { understood } = UnderstoodAnswerSchema.parse(answer);
  if (understood) say(describeUnderstood(understood));
  if (isSet(call, 'dry-run')) {
    if (isSet(call, 'json')) console.log(JSON.stringify(answer, null, 2));
    return;
  }
  let build = BuildSchema.parse(answer);
  while (build.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    build = BuildSchema.parse(await callApi(call.environment, `/v1/datasets/${name}/builds/${build.build}`));
    if (build.status === 'running') say(`${build.step}: ${build.rows.read} rows read, ${build.rows.written} written`);
  }
  if (isSet(call, 'json')) console.log(JSON.stringify(build, null, 2));
  if (build.status === 'failed') throw new DevError(build.reason ?? 'it failed.', 'Change the call as it says.');
  if (build.isNew === false) say('These rows are a version already.');
  const dataset = DatasetSchema.parse(await callApi(call.environment, `/v1/datasets/${name}?version=${build.version}`));
  if (dataset.report) say(describeReport(dataset.report));
}

const UnderstoodAnswerSchema = BuildSchema.pick({ understood: true }).extend({
  understood: UnderstoodSchema.optional(),
});

function describeUnderstood({ format, encoding, columns, found, delimiter }: Understood): string {
  const roles = Object.entries(columns).map(([role, column]) => `  ${role.padEnd(6)} ← ${[column].flat().join(', ')}`);
  const how = `${format}${delimiter ? ` with "${delimiter === '\t' ? 'tab' : delimiter}"` : ''}, ${encoding}`;
  return [`Understood as ${how}; columns ${found.join(', ')}:`, ...roles.filter((line) => !line.endsWith('← '))].join(
    '\n',
  );
}
