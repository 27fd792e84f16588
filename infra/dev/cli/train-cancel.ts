import { JobSchema } from '../../../functions/train/contract.ts';
import { callDelete } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';
import { JOB_OPTIONS, jobLines } from './train-words.ts';

export const trainCancelCommand: Command = {
  name: 'train cancel',
  takes: 'ID',
  summary: 'Stop a training job; its last checkpoint stays',
  options: JOB_OPTIONS,
  async run(call) {
    const path = `/v1/train/${encodeURIComponent(onlyArgument(call, 'ID'))}`;
    const job = JobSchema.parse(await callDelete(call.environment, path));
    console.log(isSet(call, 'json') ? JSON.stringify(job, null, 2) : jobLines(job).join('\n'));
  },
};
