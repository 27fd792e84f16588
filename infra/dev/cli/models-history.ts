import { HistorySchema } from '../../../functions/models/contract-aliases.ts';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';
import { moveLines } from './models-words.ts';

export const modelsHistoryCommand: Command = {
  name: 'models history',
  takes: 'NAME',
  summary: 'Show which version served when, who moved it, and why',
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const path = `/v1/models/${encodeURIComponent(name)}/history`;
    const answer = HistorySchema.parse(await callApi(call.environment, path));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    if (answer.moves.length === 0) return console.log(`No alias of your own model ${name} was ever moved.`);
    console.log(answer.moves.map((move) => moveLines({ name, ...move }).join('\n')).join('\n\n'));
  },
};
