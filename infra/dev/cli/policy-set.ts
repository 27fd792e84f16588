import { type PolicyRequest, PolicyResponseSchema } from '../../../functions/collect/contract.ts';
import { callApi, callPut } from './api.ts';
import { type Command, type CommandCall, isSet, noArgument, textOption, UsageError } from './command.ts';
import { policyLines } from './policy-words.ts';

export const policySetCommand: Command = {
  name: 'policy set',
  takes: '',
  summary: "Say what is to be done with customers' data",
  details:
    'What is not said stays as it is. It holds for what is told from then on, at most 30 s later, and is recorded. The key needs the scope privacy.',
  options: {
    'require-consent': {
      type: 'string',
      value: 'WHAT',
      help: 'of events without consent: anonymise, refuse, or none to take them all',
    },
    redact: { type: 'string', value: 'yes|no', help: 'whether addresses and numbers are taken out of texts' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    noArgument(call);
    const consent = readChoice(call, 'require-consent', ['anonymise', 'refuse', 'none']);
    const redact = readChoice(call, 'redact', ['yes', 'no']);
    if (consent === undefined && redact === undefined) throw new UsageError('nothing to set');
    const present = PolicyResponseSchema.parse(await callApi(call.environment, '/v1/policy'));
    const { requestId: _, requireConsent, ...rest } = present;
    const wanted = consent ?? requireConsent ?? 'none';
    const request: PolicyRequest = {
      ...rest,
      ...(wanted === 'none' ? {} : { requireConsent: wanted }),
      ...(redact === undefined ? {} : { redact: redact === 'yes' }),
    };
    const answer = PolicyResponseSchema.parse(await callPut(call.environment, '/v1/policy', request));
    console.log(isSet(call, 'json') ? JSON.stringify(answer, null, 2) : policyLines(answer).join('\n'));
  },
};

function readChoice<T extends string>(call: CommandCall, name: string, choices: readonly T[]): T | undefined {
  const text = textOption(call, name);
  const choice = choices.find((one) => one === text);
  if (text !== undefined && choice === undefined)
    throw new UsageError(`--${name} takes ${choices.join(', ')}, not "${text}"`);
  return choice;
}
