import { type Reason, RecommendResponseSchema } from '../../../functions/recommend/contract.ts';
import { callApi } from './api.ts';
import { type Command, countOption, isSet, listOption, textOption } from './command.ts';

export const recommendCommand: Command = {
  name: 'recommend',
  takes: '[ITEM…]',
  summary: 'Recommend items',
  details: 'To who had these items, the newest first, or to the customer of --user; to a new one what is popular.',
  options: {
    user: { type: 'string', value: 'ID', help: 'a customer, as your events name them' },
    model: { type: 'string', value: 'NAME', help: 'own (the default), name@version, name@alias or an A/B definition' },
    k: { type: 'string', value: 'N', help: 'how many items (10)' },
    interests: { type: 'string', value: 'A,B', help: 'categories to begin with, where no history is known' },
    similar: { type: 'boolean', help: 'items like these instead' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    const k = countOption(call, 'k') ?? 10;
    const model = textOption(call, 'model');
    const named = model === undefined ? { k } : { k, model };
    const userId = textOption(call, 'user');
    const interests = listOption(call, 'interests');
    const items = [...call.positionals];
    const [path, body] = isSet(call, 'similar')
      ? ['/v1/recommend/similar', { itemIds: items }]
      : [
          '/v1/recommend',
          { ...(userId === undefined ? {} : { userId }), ...(interests ? { interests } : {}), history: items },
        ];
    const answer = RecommendResponseSchema.parse(await callApi(call.environment, path, { ...named, ...body }));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    for (const { itemId, title, score, reasons } of answer.items) {
      console.log(`${score.toFixed(3)}  ${itemId}${title ? `  ${title}` : ''}  |  ${reasons.map(inWords).join(', ')}`);
    }
    if (answer.note) console.log(answer.note);
  },
};

function inWords(reason: Reason): string {
  if ('because' in reason) return `because of ${reason.because} (${Math.round(100 * reason.share)} %)`;
  if ('similarText' in reason) return `like ${reason.similarText}`;
  return reason.popular.category === undefined ? 'popular' : `popular in ${reason.popular.category}`;
}
