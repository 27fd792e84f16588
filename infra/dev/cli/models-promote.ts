import { MovedSchema, type PromoteRequest } from '../../../functions/models/contract-aliases.ts';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument, textOption, UsageError } from './command.ts';
import { MOVE_OPTIONS, moveLines, moveSaid } from './models-words.ts';

export const modelsPromoteCommand: Command = {
  name: 'models promote',
  takes: 'NAME',
  summary: 'Let a version of your own model serve',
  details:
    'An evaluation of the version whose gates held speaks for it; --force does it without one, or although they failed. It serves everywhere within 30 s. The key needs the scope models:promote.',
  options: {
    version: { type: 'string', value: 'VERSION', help: 'which one' },
    evaluation: { type: 'string', value: 'ID', help: 'what speaks for it: an evaluation with gates' },
    force: { type: 'string', value: 'WHY', help: 'why it is to serve all the same; the history keeps it' },
    ...MOVE_OPTIONS,
  },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const version = textOption(call, 'version');
    if (version === undefined) throw new UsageError('--version is missing');
    const [evaluation, force] = [textOption(call, 'evaluation'), textOption(call, 'force')];
    if (evaluation === undefined && force === undefined)
      throw new UsageError('--evaluation is missing, or --force with a reason');
    const request: PromoteRequest = {
      version,
      ...(evaluation === undefined ? {} : { evaluation }),
      ...(force === undefined ? {} : { force: { reason: force } }),
      ...moveSaid(call, force),
    };
    const path = `/v1/models/${encodeURIComponent(name)}/promote`;
    const answer = MovedSchema.parse(await callApi(call.environment, path, request));
    console.log(isSet(call, 'json') ? JSON.stringify(answer, null, 2) : moveLines(answer).join('\n'));
  },
};
