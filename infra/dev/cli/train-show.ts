import { JobSchema } from '../../../functions/train/contract.ts';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';
import { JOB_OPTIONS, jobLines } from './train-words.ts';

export const trainShowCommand: Command = {
  name: 'train show',
  takes: 'ID',
  summary: 'Show how far a training job is, or what came of it',
  options: JOB_OPTIONS,
  async run(call) {
    const path = `/v1/train/${encodeURIComponent(onlyArgument(call, 'ID'))}`;
    const job = JobSchema.parse(await callApi(call.environment, path));
    console.log(isSet(call, 'json') ? JSON.stringify(job, null, 2) : jobLines(job).join('\n'));
  },
};
