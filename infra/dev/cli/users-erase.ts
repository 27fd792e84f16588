import { ErasureSchema } from '../../../functions/collect/contract.ts';
import { callDelete } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';

export const usersEraseCommand: Command = {
  name: 'users erase',
  takes: 'ID',
  summary: 'Erase a person',
  details: 'The profile is empty at once; stored lines go within 30 days. ID is your own of the customer.',
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    const id = onlyArgument(call, 'ID');
    const answer = ErasureSchema.parse(await callDelete(call.environment, `/v1/users/${encodeURIComponent(id)}`));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    console.log(`Erased at ${answer.erasedAt}; stored lines are gone by ${answer.partsRewrittenBy.slice(0, 10)}.`);
    for (const { kind, name, version } of answer.trainedOn)
      console.log(`  ${kind} ${name}@${version} was made before and may hold what it learned`);
  },
};
