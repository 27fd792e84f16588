import { ArmsListSchema, ArmsWrittenSchema, type Definition } from '../../../functions/recommend/contract.ts';
import { callApi, callPut } from './api.ts';
import { parseArms } from './arms-arguments.ts';
import { armLines, percent } from './arms-words.ts';
import { type Command, type CommandCall, isSet, onlyArgument, textOption, textsOption, UsageError } from './command.ts';

export const armsSetCommand: Command = {
  name: 'arms set',
  takes: 'NAME',
  summary: 'Define an A/B experiment, or change it',
  details:
    'NAME is what requests give as their model. All arms are named each time; one that is left out is gone, and its customers go elsewhere: weight 0 ends an arm more gently.\nCustomers keep their arms as far as the weights let them. It takes effect within 30 s. The key needs the scopes recommend and recommend:write.',
  options: {
    arm: {
      type: 'string',
      multiple: true,
      value: 'NAME=MODEL:WEIGHT',
      help: 'an arm; again for each (weight 1 unless told)',
    },
    settings: {
      type: 'string',
      multiple: true,
      value: 'NAME=JSON',
      help: 'settings of an arm: new=\'{"diversity":0.3}\'; those that it has unless told',
    },
    salt: { type: 'string', value: 'TEXT', help: 'another one divides all customers anew' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const texts = textsOption(call, 'arm');
    if (texts.length === 0) throw new UsageError('--arm is missing');
    // Before the first call: what is wrong with the arguments is said without one.
    parseArms(texts, textsOption(call, 'settings'), []);
    const present = await find(call, name);
    const salt = textOption(call, 'salt');
    const answer = ArmsWrittenSchema.parse(
      await callPut(call.environment, `/v1/recommend/arms/${encodeURIComponent(name)}`, {
        arms: parseArms(texts, textsOption(call, 'settings'), present?.arms ?? []),
        ...(salt === undefined ? {} : { salt }),
        ...(present ? { revision: present.revision } : {}),
      }),
    );
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    console.log(`${answer.name}\n${armLines(answer.arms).join('\n')}`);
    console.log(answer.moved === null ? 'It is new.' : `${percent(answer.moved)} of the customers get another arm.`);
  },
};

/** The definition as it is; there may be none, which only the list says without a failure. */
async function find(call: CommandCall, name: string): Promise<Definition | undefined> {
  let next: string | undefined;
  do {
    const query = next === undefined ? '' : `?after=${encodeURIComponent(next)}`;
    const page = ArmsListSchema.parse(await callApi(call.environment, `/v1/recommend/arms${query}`));
    const found = page.definitions.find((definition) => definition.name === name);
    if (found) return found;
    next = page.next;
  } while (next !== undefined);
  return undefined;
}
