import { JobSchema } from '../../../functions/train/contract.ts';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';
import { JOB_OPTIONS, jobLines } from './train-words.ts';

export const trainRetryCommand: Command = {
  name: 'train retry',
  takes: 'ID',
  summary: 'Go on with a job that failed or was stopped, from its last checkpoint',
  options: JOB_OPTIONS,
  async run(call) {
    const path = `/v1/train/${encodeURIComponent(onlyArgument(call, 'ID'))}/retry`;
    const job = JobSchema.parse(await callApi(call.environment, path, {}));
    console.log(isSet(call, 'json') ? JSON.stringify(job, null, 2) : jobLines(job).join('\n'));
  },
};
