import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { TagBatchResponseSchema } from '../../../functions/tag/contract.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi } from './api.ts';
import { type Command, countOption, isSet, textOption, UsageError } from './command.ts';

export const tagCommand: Command = {
  name: 'tag',
  takes: 'FILE…',
  summary: 'Tag pictures',
  options: {
    model: { type: 'string', value: 'NAME', help: 'name, name@version or name@alias' },
    'top-k': { type: 'string', value: 'N', help: 'tags shown for each attribute (1)' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    if (call.positionals.length === 0) throw new UsageError('FILE is missing');
    const model = textOption(call, 'model');
    if (model === undefined) throw new UsageError('--model is missing');
    const form = new FormData();
    form.append('model', model);
    form.append('topK', String(countOption(call, 'top-k') ?? 1));
    for (const path of call.positionals) form.append('images', openFile(path));
    const answer = TagBatchResponseSchema.parse(await callApi(call.environment, '/v1/tag', form));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    answer.results.forEach(({ tags, error }, index) => {
      const told = tags?.map(
        ({ label, score, attribute }) => `${attribute ? `${attribute}: ` : ''}${label} ${score.toFixed(3)}`,
      );
      console.log(`${told?.join(', ') ?? error?.detail}  |  ${call.positionals[index]}`);
    });
  },
};

function openFile(path: string): File {
  if (!existsSync(path)) throw new DevError(`there is no file ${path}.`, 'Name JPEG, PNG, WebP or GIF files.');
  return new File([readFileSync(path)], basename(path));
}
