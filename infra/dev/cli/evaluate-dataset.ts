import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EvaluateRequest,
  type EvaluationAnswer,
  EvaluationSchema,
  type ProgressAnswer,
  ProgressSchema,
} from '../../../functions/evaluate/contract.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi, callForText } from './api.ts';
import { type CommandCall, isSet, textOption, UsageError } from './command.ts';

/** Between two looks at how far it is. */
const PAUSE_MILLISECONDS = 500;

/** Evaluates a dataset's split, by a model where one is named, and waits until that is done. */
export async function evaluateDataset(call: CommandCall, said: Record<string, unknown>): Promise<string> {
  const { metrics, format, plot, ...wishes } = said;
  const { environment } = call;
  const begun = await callApi(environment, '/v1/evaluate', { ...wishes, ...datasetOf(call), ...modelsOf(call) });
  const id = await waitFor(environment, begun);
  const query = new URLSearchParams({ format: String(format) });
  if (Array.isArray(metrics)) query.set('metrics', metrics.join(','));
  if (typeof plot === 'string') query.set('plot', plot);
  return callForText(environment, `/v1/evaluate/${id}?${query}`);
}

async function waitFor(environment: NodeJS.ProcessEnv, begun: unknown): Promise<string> {
  let shown = '';
  for (let answer = readAnswer(begun); ; ) {
    if (answer.status === 'done') return answer.id ?? '';
    if (answer.status === 'failed') throw failed(answer);
    const { done, all } = answer.parts;
    const progress = `${done} of ${all} parts`;
    if (progress !== shown) console.error(progress);
    shown = progress;
    await sleep(PAUSE_MILLISECONDS);
    answer = readAnswer(await callApi(environment, `/v1/evaluate/${answer.id}`));
  }
}

function readAnswer(answer: unknown): EvaluationAnswer | ProgressAnswer {
  const progress = ProgressSchema.safeParse(answer);
  return progress.success ? progress.data : EvaluationSchema.parse(answer);
}

function failed({ id, failures = [] }: ProgressAnswer): DevError {
  const reasons = failures.map(({ key, reason }) => `${key}: ${reason}`);
  return new DevError(`the evaluation ${id} failed: ${reasons.join('; ')}`, 'Mend what it names, and evaluate again.');
}

/** `name` or `name@version`. */
function datasetOf(call: CommandCall): Pick<EvaluateRequest, 'source'> {
  const [name = '', version] = (textOption(call, 'dataset') ?? '').split('@');
  const split = textOption(call, 'split') ?? 'test';
  const source = { dataset: { name, split, ...(version === undefined ? {} : { version }) } };
  // The service says which splits there are.
  return { source } as Pick<EvaluateRequest, 'source'>;
}

function modelsOf(
  call: CommandCall,
): Pick<EvaluateRequest, 'model' | 'compare' | 'positive' | 'attribute' | 'allowSeen'> {
  const [model, against] = [textOption(call, 'model'), textOption(call, 'against')];
  if (against !== undefined && model === undefined) throw new UsageError('--against needs --model');
  const [positive, attribute] = [textOption(call, 'positive'), textOption(call, 'attribute')];
  return {
    ...(model === undefined ? {} : { model }),
    ...(against === undefined ? {} : { compare: { model: against } }),
    ...(positive === undefined ? {} : { positive }),
    ...(attribute === undefined ? {} : { attribute }),
    ...(isSet(call, 'allow-seen') ? { allowSeen: true } : {}),
  };
}
