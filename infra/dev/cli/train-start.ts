import { setTimeout as sleep } from 'node:timers/promises';
import { type JobAnswer, JobSchema } from '../../../functions/train/contract.ts';
import { isOver } from '../../../functions/train/job.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi } from './api.ts';
import {
  type Command,
  type CommandCall,
  countOption,
  isSet,
  onlyArgument,
  textOption,
  textsOption,
  UsageError,
} from './command.ts';
import { JOB_OPTIONS, jobLines } from './train-words.ts';

const TASKS = ['text-classification', 'image-classification', 'recommendation'];
const WAIT_MILLISECONDS = 5_000;

export const trainStartCommand: Command = {
  name: 'train start',
  takes: 'DATASET',
  summary: 'Train a model on a dataset, on the training endpoint',
  details:
    'The key needs the scope train. The version is compared with the one that serves, on the test split; with --promote gates it serves at once where it is better beyond chance. With --wait the command stays until the job is over.',
  options: {
    task: { type: 'string', value: 'TASK', help: `${TASKS.join(', ')}; default ${TASKS[0]}` },
    'dataset-version': { type: 'string', value: 'VERSION', help: 'default: the newest' },
    model: { type: 'string', value: 'NAME', help: 'of which model it becomes a version; default: the dataset’s name' },
    algorithm: { type: 'string', value: 'NAME', help: 'default auto: what beats the cheap baseline, or the baseline' },
    set: { type: 'string', multiple: true, value: 'NAME=VALUE', help: 'a hyperparameter; may be given more than once' },
    minutes: { type: 'string', value: 'N', help: 'of training at most; default 60' },
    'cost-usd': { type: 'string', value: 'N', help: 'of training at most' },
    seed: { type: 'string', value: 'N', help: 'default 1' },
    promote: { type: 'string', value: 'POLICY', help: 'hold: a person decides (default); gates: where the gates hold' },
    rules: { type: 'string', value: 'JSON', help: 'the gates, as evaluate takes them' },
    wait: { type: 'boolean', help: 'stay until the job is over' },
    ...JOB_OPTIONS,
  },
  async run(call) {
    const begun = JobSchema.parse(await callApi(call.environment, '/v1/train', requestOf(call)));
    const job = isSet(call, 'wait') ? await waitFor(call, begun) : begun;
    console.log(isSet(call, 'json') ? JSON.stringify(job, null, 2) : jobLines(job).join('\n'));
    if (job.state === 'failed') throw new DevError('the job failed.', job.reason?.help ?? '');
  },
};

function requestOf(call: CommandCall): object {
  const dataset = onlyArgument(call, 'DATASET');
  const [minutes, seed] = [countOption(call, 'minutes'), countOption(call, 'seed')];
  const [version, algorithm] = [textOption(call, 'dataset-version'), textOption(call, 'algorithm')];
  const costUsd = textOption(call, 'cost-usd');
  const hyperparameters = Object.fromEntries(textsOption(call, 'set').map(readSetting));
  return {
    task: textOption(call, 'task') ?? TASKS[0],
    dataset: { name: dataset, ...(version === undefined ? {} : { version }) },
    model: textOption(call, 'model') ?? dataset,
    ...(algorithm === undefined ? {} : { algorithm }),
    hyperparameters,
    ...(seed === undefined ? {} : { seed }),
    ...promotionOf(call),
    limits: {
      ...(minutes === undefined ? {} : { minutes }),
      ...(costUsd === undefined ? {} : { costUsd: Number(costUsd) }),
    },
  };
}

function promotionOf(call: CommandCall): object {
  const [policy, rules] = [textOption(call, 'promote'), textOption(call, 'rules')];
  if (policy === undefined && rules === undefined) return {};
  return {
    promote: {
      ...(policy === undefined ? {} : { policy }),
      ...(rules === undefined ? {} : { rules: readRules(rules) }),
    },
  };
}

function readRules(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--rules takes JSON, not "${text}"`);
  }
}

/** `epochs=8` as a number, `optimizer=adamw` as a text, `x=true` as what it says. */
function readSetting(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--set takes NAME=VALUE, not "${text}"`);
  const value = text.slice(at + 1);
  if (value === 'true' || value === 'false') return [text.slice(0, at), value === 'true'];
  const number = Number(value);
  return [text.slice(0, at), value.trim() !== '' && Number.isFinite(number) ? number : value];
}

async function waitFor(call: CommandCall, begun: JobAnswer): Promise<JobAnswer> {
  let [job, told] = [begun, ''];
  while (!isOver(job)) {
    await sleep(WAIT_MILLISECONDS);
    job = JobSchema.parse(await callApi(call.environment, `/v1/train/${job.id}`));
    const stage = stageOf(job);
    if (stage !== told) console.error(stage);
    told = stage;
  }
  return job;
}

/** Where the job is, for whoever waits. */
function stageOf({ state, epochs }: JobAnswer): string {
  const epoch = epochs.at(-1);
  if (state !== 'training' || !epoch) return state;
  return `${epoch.run} epoch ${epoch.epoch} of ${epoch.epochs ?? '?'}`;
}
