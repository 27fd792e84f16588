import { ClassifyResponseSchema } from '../../../functions/classify/contract.ts';
import { callApi } from './api.ts';
import { type Command, countOption, isSet, textOption, UsageError } from './command.ts';

export const classifyCommand: Command = {
  name: 'classify',
  takes: 'TEXT…',
  summary: 'Classify texts',
  options: {
    model: { type: 'string', value: 'NAME', help: 'sentiment (the default), name@version or name@alias' },
    'top-k': { type: 'string', value: 'N', help: 'labels shown for each text (3)' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    if (call.positionals.length === 0) throw new UsageError('TEXT is missing');
    const answer = ClassifyResponseSchema.parse(
      await callApi(call.environment, '/v1/classify', {
        inputs: call.positionals,
        model: textOption(call, 'model') ?? 'sentiment',
        topK: countOption(call, 'top-k') ?? 3,
      }),
    );
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    answer.results.forEach((result, index) => {
      const labels = result.labels?.map(({ label, score }) => `${label} ${score.toFixed(3)}`).join(', ');
      console.log(`${labels ?? result.error?.detail}  |  ${call.positionals[index]}`);
    });
  },
};
