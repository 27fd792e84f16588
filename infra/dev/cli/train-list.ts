import { JobListSchema } from '../../../functions/train/contract.ts';
import { callApi } from './api.ts';
import { type Command, isSet, noArgument } from './command.ts';
import { JOB_OPTIONS } from './train-words.ts';

export const trainListCommand: Command = {
  name: 'train list',
  takes: '',
  summary: 'List the newest training jobs',
  options: JOB_OPTIONS,
  async run(call) {
    noArgument(call);
    const answer = JobListSchema.parse(await callApi(call.environment, '/v1/train'));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    for (const { id, state, pack, createdAt, reason } of answer.jobs)
      console.log([id, createdAt, `${pack.name}@${pack.version}`, state, reason?.code].filter(Boolean).join('  '));
    if (answer.jobs.length === 0) console.log('There is none yet: npm run edgemark -- train start DATASET');
  },
};
