import { PolicyResponseSchema } from '../../../functions/collect/contract.ts';
import { callApi } from './api.ts';
import { type Command, isSet, noArgument } from './command.ts';
import { policyLines } from './policy-words.ts';

export const policyShowCommand: Command = {
  name: 'policy show',
  takes: '',
  summary: "Show what is done with customers' data",
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    noArgument(call);
    const answer = PolicyResponseSchema.parse(await callApi(call.environment, '/v1/policy'));
    console.log(isSet(call, 'json') ? JSON.stringify(answer, null, 2) : policyLines(answer).join('\n'));
  },
};
