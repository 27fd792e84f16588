import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callForText } from './api.ts';
import { type CommandCall, countOption, listOption, type Option, textOption, UsageError } from './command.ts';

/** How long a stored evaluation is waited for. */
const MAX_WAIT_MILLISECONDS = 15 * 60 * 1000;
const POLL_MILLISECONDS = 1_000;

export const EVENT_OPTIONS: Readonly<Record<string, Option>> = {
  events: { type: 'boolean', help: 'collected events instead of FILE' },
  from: { type: 'string', value: 'DAY', help: 'with --events: when the window begins, in UTC' },
  to: { type: 'string', value: 'DAY', help: 'with --events: when it ends; the day itself is not in it' },
  arms: { type: 'string', value: 'ARMS', help: 'with --events: recommendation, experiment:NAME or property:NAME' },
  conversion: { type: 'string', value: 'A,B', help: 'with --events: types of events that are a sale (purchase)' },
  exposure: {
    type: 'string',
    value: 'A,B',
    help: 'with --events: types that show something (impression, click, view)',
  },
  outcome: { type: 'string', value: 'WHAT', help: 'with --events, of ab-test: converted or revenue (converted)' },
  'covariate-days': { type: 'string', value: 'N', help: 'with --events, of ab-test: days before the window for CUPED' },
  'late-days': {
    type: 'string',
    value: 'N',
    help: 'with --events: days after the window in which events may arrive (7)',
  },
};

const ProgressSchema = z.object({
  status: z.enum(['running', 'failed']),
  id: z.string(),
  failures: z.array(z.object({ reason: z.string() })).optional(),
});

/** The answer's text, waited for where the evaluation is stored. */
export async function evaluateEvents(call: CommandCall, said: Record<string, unknown>): Promise<string> {
  const { format, plot, metrics, ...wishes } = said;
  const shown = new URLSearchParams({ format: String(format) });
  if (typeof plot === 'string') shown.set('plot', plot);
  const request = {
    ...wishes,
    ...(metrics === undefined ? {} : { metrics }),
    source: { events: eventsOf(call, said) },
  };
  const text = await callForText(call.environment, `/v1/evaluate?${shown}`, request);
  if (Array.isArray(metrics)) shown.set('metrics', metrics.join(','));
  return waitFor(call, text, shown);
}

async function waitFor(call: CommandCall, first: string, shown: URLSearchParams): Promise<string> {
  const until = Date.now() + MAX_WAIT_MILLISECONDS;
  let text = first;
  for (;;) {
    const progress = progressOf(text);
    if (progress === null) return text;
    if (progress.status === 'failed')
      throw new DevError(progress.failures?.[0]?.reason ?? 'the evaluation failed.', 'Change the call as it says.');
    if (Date.now() > until)
      throw new DevError(`evaluation ${progress.id} is not done yet.`, 'Give the command again later.');
    await sleep(POLL_MILLISECONDS);
    text = await callForText(call.environment, `/v1/evaluate/${progress.id}?${shown}`);
  }
}

/** How far it is; null for an answer. */
function progressOf(text: string): z.infer<typeof ProgressSchema> | null {
  if (!text.startsWith('{')) return null;
  const parsed = ProgressSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}

function eventsOf(call: CommandCall, said: Record<string, unknown>): object {
  const [from, to] = [textOption(call, 'from'), textOption(call, 'to')];
  if (from === undefined || to === undefined) throw new UsageError('--events needs --from and --to');
  for (const name of ['columns', 'slices', 'fairness']) {
    if (said[name] !== undefined) throw new UsageError(`--${name} is of rows, not of events`);
  }
  const arms = armsOption(call);
  const [conversion, exposure] = [listOption(call, 'conversion'), listOption(call, 'exposure')];
  const [outcome, covariateDays] = [textOption(call, 'outcome'), countOption(call, 'covariate-days')];
  const lateDays = textOption(call, 'late-days');
  return {
    window: { from, to },
    ...(arms ? { arms } : {}),
    ...(conversion ? { conversion } : {}),
    ...(exposure ? { exposure } : {}),
    ...(outcome === undefined ? {} : { outcome }),
    ...(covariateDays === undefined ? {} : { covariateDays }),
    ...(lateDays === undefined ? {} : { lateDays: Number(lateDays) }),
  };
}

function armsOption(call: CommandCall): object | undefined {
  const text = textOption(call, 'arms');
  if (text === undefined) return undefined;
  if (text === 'recommendation') return { by: 'recommendationId' };
  const [, by, name] = /^(experiment|property):(.+)$/.exec(text) ?? [];
  if (by !== undefined) return { by, name };
  throw new UsageError(`--arms takes recommendation, experiment:NAME or property:NAME, not "${text}"`);
}
