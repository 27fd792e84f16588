import { ArmsSchema } from '../../../functions/recommend/contract.ts';
import { callApi } from './api.ts';
import { armLines } from './arms-words.ts';
import { type Command, isSet, onlyArgument } from './command.ts';

export const armsShowCommand: Command = {
  name: 'arms show',
  takes: 'NAME',
  summary: 'Show an A/B experiment',
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const path = `/v1/recommend/arms/${encodeURIComponent(name)}`;
    const answer = ArmsSchema.parse(await callApi(call.environment, path));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    console.log(`${answer.name}\n${armLines(answer.arms).join('\n')}`);
    console.log(`salt      ${answer.salt}\nrevision  ${answer.revision}`);
  },
};
