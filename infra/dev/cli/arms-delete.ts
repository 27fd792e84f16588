import { ArmsDeletedSchema } from '../../../functions/recommend/contract.ts';
import { callDelete } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';

export const armsDeleteCommand: Command = {
  name: 'arms delete',
  takes: 'NAME',
  summary: 'End an A/B experiment',
  details: 'Within 30 s the name means a model of that name, if there is one. The key needs the scope recommend:write.',
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const path = `/v1/recommend/arms/${encodeURIComponent(name)}`;
    const answer = ArmsDeletedSchema.parse(await callDelete(call.environment, path));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    console.log(`${answer.name} is deleted.`);
  },
};
