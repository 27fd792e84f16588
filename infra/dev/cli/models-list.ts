import { ModelListSchema } from '../../../functions/models/contract.ts';
import { callApi } from './api.ts';
import { type Command, isSet } from './command.ts';

export const modelsListCommand: Command = {
  name: 'models list',
  takes: '',
  summary: 'List the models that you can use',
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    const answer = ModelListSchema.parse(await callApi(call.environment, '/v1/models'));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    for (const model of answer.models) {
      const size = `${(model.sizeBytes / 1e6).toFixed(1)} MB`;
      console.log(
        [`${model.name}@${model.version}`, model.task, model.languages.join('+'), size, model.title]
          .filter(Boolean)
          .join('  '),
      );
    }
    if (answer.models.length === 0) console.log('There is none yet: npm run edgemark -- pack import FOLDER');
    for (const name of answer.unreadable) console.log(`${name}: its manifest cannot be read`);
  },
};
