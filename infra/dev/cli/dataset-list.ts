import { DatasetListSchema } from '../../../functions/prepare/contract.ts';
import { callApi } from './api.ts';
import { type Command, noArgument } from './command.ts';

export const datasetListCommand: Command = {
  name: 'dataset list',
  takes: '',
  summary: 'List the datasets',
  options: {},
  async run(call) {
    noArgument(call);
    const { datasets } = DatasetListSchema.parse(await callApi(call.environment, '/v1/datasets'));
    if (datasets.length === 0) console.log('There is no dataset yet: dataset create makes one.');
    for (const { name, newest } of datasets) {
      if (newest === null) console.log(`${name}  no version yet`);
      else {
        const { train, validation, test } = newest.rows;
        console.log(
          `${name}  ${newest.kind}, ${train + validation + test} rows, ${newest.labels} labels, newest ${newest.version}`,
        );
      }
    }
  },
};
