import { readFileSync } from 'node:fs';
import { ChoiceSchema } from '../../../functions/models/contract.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi } from './api.ts';
import { type Command, type CommandCall, isSet, noArgument, textOption, UsageError } from './command.ts';

export const modelsChooseCommand: Command = {
  name: 'models choose',
  takes: '',
  summary: 'Rank the models for a task, with reasons',
  details: 'With --rows the candidates run on your own texts: a line is a text, or a label, a tab and a text.',
  options: {
    task: { type: 'string', value: 'TASK', help: 'text-classification (the default)' },
    language: { type: 'string', value: 'TAG', help: 'a language the model must know: en, zh' },
    'max-size-mb': { type: 'string', value: 'MB', help: 'largest pack' },
    prefer: { type: 'string', value: 'WHAT', help: 'quality (the default) or speed' },
    rows: { type: 'string', value: 'FILE', help: 'up to 200 lines of your own texts' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    noArgument(call);
    const answer = ChoiceSchema.parse(await ask(call));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    for (const { rank, name, version, reasons } of answer.candidates) {
      console.log(`${rank}. ${name}@${version}\n${reasons.map((reason) => `     ${reason}`).join('\n')}`);
    }
    for (const { name, reason } of answer.excluded) console.log(` -  ${name}: ${reason}`);
  },
};

function ask(call: CommandCall): Promise<unknown> {
  const size = textOption(call, 'max-size-mb');
  if (size !== undefined && !(Number(size) > 0)) throw new UsageError(`--max-size-mb takes a number, not "${size}"`);
  const criteria = {
    task: textOption(call, 'task') ?? 'text-classification',
    ...given('language', textOption(call, 'language')),
    ...given('prefer', textOption(call, 'prefer')),
  };
  const file = textOption(call, 'rows');
  if (file !== undefined) {
    return callApi(call.environment, '/v1/models/choose', {
      ...criteria,
      ...given('maxSizeMb', size && Number(size)),
      rows: readRows(file),
    });
  }
  return callApi(
    call.environment,
    `/v1/models/choose?${new URLSearchParams({ ...criteria, ...given('maxSizeMb', size) })}`,
  );
}

function given<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}

function readRows(file: string): (string | { text: string; label: string })[] {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new DevError(`${file} can't be read.`, 'Name a text file with one row a line.');
  }
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    return tab < 0 ? line : { label: line.slice(0, tab), text: line.slice(tab + 1) };
  });
}
