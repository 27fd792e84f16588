import { ArmsListSchema } from '../../../functions/recommend/contract.ts';
import { callApi } from './api.ts';
import { armLines } from './arms-words.ts';
import { type Command, isSet, noArgument } from './command.ts';

export const armsListCommand: Command = {
  name: 'arms list',
  takes: '',
  summary: 'List the A/B experiments',
  options: { json: { type: 'boolean', help: 'the answers as they come, a page each' } },
  async run(call) {
    noArgument(call);
    let count = 0;
    let next: string | undefined;
    do {
      const query = next === undefined ? '' : `?after=${encodeURIComponent(next)}`;
      const page = ArmsListSchema.parse(await callApi(call.environment, `/v1/recommend/arms${query}`));
      next = page.next;
      count += page.definitions.length + page.unreadable.length;
      if (isSet(call, 'json')) console.log(JSON.stringify(page, null, 2));
      else {
        for (const { name, arms } of page.definitions) console.log(`${name}\n${armLines(arms).join('\n')}`);
        for (const name of page.unreadable) console.log(`${name}: it cannot be read; set it anew`);
      }
    } while (next !== undefined);
    if (count === 0 && !isSet(call, 'json'))
      console.log('There is none yet: npm run edgemark -- arms set NAME --arm control=own:50 --arm new=own@canary:50');
  },
};
