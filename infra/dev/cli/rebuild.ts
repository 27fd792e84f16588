import { type RebuiltResponse, RebuiltSchema } from '../../../functions/rebuild/contract.ts';
import { callApi } from './api.ts';
import { type Command, UsageError } from './command.ts';

export const rebuildCommand: Command = {
  name: 'rebuild',
  takes: '',
  summary: 'Learn your own recommender from your events, now',
  details:
    'By itself it is done within a minute after the first events and then at most every ten minutes. The model is named "own".',
  options: {},
  async run(call) {
    if (call.positionals.length > 0) throw new UsageError(`"${call.positionals[0]}" is one too many`);
    console.log(describe(RebuiltSchema.parse(await callApi(call.environment, '/v1/rebuild', {}))));
  },
};

function describe({ outcome, model, events, items }: RebuiltResponse): string {
  const name = model ? `${model.name}@${model.version}` : '';
  switch (outcome) {
    case 'rebuilt':
      return `${name} serves: learned from ${events} events of ${items} items.`;
    case 'unchanged':
      return `${name} serves: nothing came that would change it.`;
    case 'superseded':
      return `${name}, a trained pack, serves and stays.`;
    case 'nothing-to-learn':
      return 'There is nothing to learn from yet: no event of a customer is known.';
  }
}
