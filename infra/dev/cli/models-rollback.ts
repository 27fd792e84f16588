import { MovedSchema, type RollbackRequest } from '../../../functions/models/contract-aliases.ts';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument, textOption } from './command.ts';
import { MOVE_OPTIONS, moveLines, moveSaid } from './models-words.ts';

export const modelsRollbackCommand: Command = {
  name: 'models rollback',
  takes: 'NAME',
  summary: 'Let the version serve again that served before',
  details: 'It serves everywhere within 30 s. The key needs the scope models:promote.',
  options: {
    to: { type: 'string', value: 'VERSION', help: 'one that served earlier; otherwise the last move is undone' },
    ...MOVE_OPTIONS,
  },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const to = textOption(call, 'to');
    const request: RollbackRequest = { ...(to === undefined ? {} : { to }), ...moveSaid(call) };
    const path = `/v1/models/${encodeURIComponent(name)}/rollback`;
    const answer = MovedSchema.parse(await callApi(call.environment, path, request));
    console.log(isSet(call, 'json') ? JSON.stringify(answer, null, 2) : moveLines(answer).join('\n'));
  },
};
