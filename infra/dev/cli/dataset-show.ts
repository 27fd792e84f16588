import { writeFileSync } from 'node:fs';
import { DatasetRowsSchema, DatasetSchema } from '../../../functions/prepare/contract.ts';
import { callApi, callForText } from './api.ts';
import { type Command, countOption, isSet, onlyArgument, textOption } from './command.ts';
import { describeReport } from './dataset-words.ts';

export const datasetShowCommand: Command = {
  name: 'dataset show',
  takes: 'NAME',
  summary: 'Show a dataset: its versions and the report of one',
  options: {
    version: { type: 'string', value: 'VERSION', help: 'the newest otherwise' },
    rows: { type: 'string', value: 'COUNT', help: 'show the first rows of a split instead' },
    split: { type: 'string', value: 'SPLIT', help: 'with --rows: train, validation or test (train)' },
    html: { type: 'string', value: 'PATH', help: 'write the report to this file as a page that needs nothing else' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const version = textOption(call, 'version');
    const query = new URLSearchParams(version === undefined ? {} : { version });
    const path = textOption(call, 'html');
    const rows = countOption(call, 'rows');
    if (path !== undefined) {
      query.set('format', 'html');
      writeFileSync(path, await callForText(call.environment, `/v1/datasets/${name}?${query}`));
      console.log(`The report is in ${path}.`);
    } else if (rows !== undefined) {
      query.set('limit', String(rows));
      query.set('split', textOption(call, 'split') ?? 'train');
      const answer = DatasetRowsSchema.parse(await callApi(call.environment, `/v1/datasets/${name}/rows?${query}`));
      for (const row of answer.rows) console.log(JSON.stringify(row));
    } else {
      const answer = await callApi(call.environment, `/v1/datasets/${name}?${query}`);
      console.log(isSet(call, 'json') ? JSON.stringify(answer, null, 2) : describe(DatasetSchema.parse(answer)));
    }
  },
};

function describe({ versions, builds, report }: ReturnType<typeof DatasetSchema.parse>): string {
  return [
    ...versions.map(({ version, rows }) => `${version}  ${rows.train} + ${rows.validation} + ${rows.test} rows`),
    ...builds.map(({ build, status, reason }) => `build ${build}: ${status}${reason ? `: ${reason}` : ''}`),
    ...(report ? ['', describeReport(report)] : []),
  ].join('\n');
}
