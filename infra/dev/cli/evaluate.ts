import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type EvaluationAnswer, EvaluationSchema } from '../../../functions/evaluate/contract.ts';
import { TASK_NAMES } from '../../../functions/evaluate/tasks.ts';
import { showNumber } from '../../../shared/report/markup.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { sendForText } from './api.ts';
import {
  type Command,
  type CommandCall,
  isSet,
  listOption,
  noArgument,
  onlyArgument,
  textOption,
  UsageError,
} from './command.ts';
import { evaluateDataset } from './evaluate-dataset.ts';
import { EVENT_OPTIONS, evaluateEvents } from './evaluate-events.ts';

const FORMATS = ['text', 'json', 'html', 'svg'];

export const evaluateCommand: Command = {
  name: 'evaluate',
  takes: 'FILE | --dataset NAME | --events',
  summary: 'Evaluate predictions, rankings, a campaign or a model',
  details:
    'With --dataset and --model, a model is asked about every row of a split of a dataset, and with --against a second one, which it is compared with. With --events, what was collected is evaluated, by customer, for the tasks campaign, ab-test and attribution. Otherwise FILE is CSV or NDJSON, gzipped or not. Its columns are guessed from the header and shown; --columns corrects them. With --format html the answer is a report that needs nothing else.',
  options: {
    task: {
      type: 'string',
      value: 'TASK',
      help: `${TASK_NAMES.join(', ')} (with --model: classification; ranking of interactions)`,
    },
    dataset: { type: 'string', value: 'NAME', help: 'rows of a dataset in place of a file: name or name@version' },
    split: { type: 'string', value: 'SPLIT', help: 'which of its rows: train, validation, test (test)' },
    model: { type: 'string', value: 'MODEL', help: 'who is asked about them: name, name@version or name@alias' },
    against: { type: 'string', value: 'MODEL', help: 'what it is compared with; gates take it as their baseline' },
    positive: { type: 'string', value: 'LABEL', help: 'with --task binary-classification: which label is 1' },
    attribute: { type: 'string', value: 'NAME', help: 'which question of an image model' },
    'allow-seen': { type: 'boolean', help: 'a recommender may name items again that the user had' },
    ...EVENT_OPTIONS,
    columns: { type: 'string', value: 'A=B,…', help: "the task's column=the file's column" },
    slices: { type: 'string', value: 'A,B', help: 'columns by whose values all is worked out again' },
    settings: { type: 'string', value: 'A=B,…', help: 'settings of the task, such as threshold=0.3, or all as JSON' },
    metrics: { type: 'string', value: 'A,B', help: 'only these figures' },
    gates: { type: 'string', value: 'JSON', help: 'what must be reached; exit code 1 where it is not' },
    fairness: { type: 'string', value: 'A,B', help: 'groups between which a classification is to be even' },
    level: { type: 'string', value: 'SHARE', help: 'of the intervals (0.95)' },
    format: { type: 'string', value: 'FORMAT', help: `${FORMATS.join(', ')} (text)` },
    plot: { type: 'string', value: 'NAME', help: 'which plot, with --format svg: roc, gains …' },
    out: { type: 'string', value: 'PATH', help: 'write the answer to this file' },
  },
  async run(call) {
    const format = textOption(call, 'format') ?? 'text';
    if (!FORMATS.includes(format)) throw new UsageError(`--format takes ${FORMATS.join(', ')}, not "${format}"`);
    const text = await answerText(call, saidOf(call, format));
    const answer = format === 'text' || format === 'json' ? EvaluationSchema.parse(JSON.parse(text)) : null;
    const shown = format === 'text' && answer ? describe(answer) : text;
    const out = textOption(call, 'out');
    if (out === undefined) console.log(shown);
    else {
      writeFileSync(out, shown);
      console.log(`Wrote ${out}`);
    }
    if (answer?.gates && !answer.gates.passed) throw new DevError(answer.gates.summary, 'The gates are not passed.');
  },
};

function answerText(call: CommandCall, said: Record<string, unknown>): Promise<string> {
  if (isSet(call, 'events')) return evaluateEvents(withoutFile(call), said);
  return textOption(call, 'dataset') === undefined
    ? evaluateFile(call, said)
    : evaluateDataset(withoutFile(call), said);
}

function withoutFile(call: CommandCall): CommandCall {
  noArgument(call);
  return call;
}

function evaluateFile(call: CommandCall, said: Record<string, unknown>): Promise<string> {
  if (textOption(call, 'model') !== undefined) throw new UsageError('--model needs --dataset');
  const path = onlyArgument(call, 'FILE');
  if (!existsSync(path)) throw new DevError(`there is no file ${path}.`, 'Name a CSV or NDJSON file.');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(said)) query.set(name, queryText(value));
  return sendForText(call.environment, `/v1/evaluate?${query}`, gzipSync(readFileSync(path)));
}

/** Lists with commas between them, what has parts as JSON. */
function queryText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the options say, as in a body of JSON. */
function saidOf(call: CommandCall, format: string): Record<string, unknown> {
  const task = textOption(call, 'task') ?? (textOption(call, 'model') === undefined ? undefined : 'classification');
  if (task === undefined) throw new UsageError(`--task is missing: ${TASK_NAMES.join(', ')}`);
  const [fairness, level] = [listOption(call, 'fairness'), textOption(call, 'level')];
  const said: Record<string, unknown> = {
    task,
    format: format === 'text' ? 'json' : format,
    columns: pairsOption(call, 'columns'),
    settings: settingsOption(call),
    slices: listOption(call, 'slices'),
    metrics: listOption(call, 'metrics'),
    fairness: fairness && { columns: fairness },
    plot: textOption(call, 'plot'),
    gates: jsonOption(call, 'gates'),
    intervals: level === undefined ? undefined : { level: Number(level) },
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function jsonOption(call: CommandCall, name: string): unknown {
  const text = textOption(call, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--${name} takes JSON, not "${text}"`);
  }
}

function settingsOption(call: CommandCall): unknown {
  if (textOption(call, 'settings')?.trimStart().startsWith('{')) return jsonOption(call, 'settings');
  const pairs = pairsOption(call, 'settings');
  return pairs && Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, jsonOr(value)]));
}

/** `0.3` as a number, `true` as a truth value, anything else as the text it is. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function pairsOption(call: CommandCall, name: string): Record<string, string> | undefined {
  const pairs = listOption(call, name)?.map((pair) => {
    const [key = '', ...value] = pair.split('=');
    if (value.length === 0) throw new UsageError(`--${name} takes name=value, not "${pair}"`);
    return [key.trim(), value.join('=').trim()];
  });
  return pairs && Object.fromEntries(pairs);
}

function describe(answer: EvaluationAnswer): string {
  const columns = Object.entries(answer.columns).map(([name, column]) => `${name} ← ${column}`);
  const rejected = answer.rows.firstRejected.map(({ line, reason }) => `  line ${line}: ${reason}`);
  return [
    ...(answer.summary ?? []),
    ...answer.warnings.map((warning) => `! ${warning}`),
    ...describeMetrics(answer.metrics),
    ...(answer.comparison ? ['Compared:', ...describeMetrics(answer.comparison.metrics)] : []),
    ...(answer.gates ? [answer.gates.summary] : []),
    ...describeSource(answer),
    `${answer.rows.read} rows read, ${answer.rows.rejected} rejected${columns.length > 0 ? `; ${columns.join(', ')}` : ''}`,
    ...rejected,
  ].join('\n');
}

function describeMetrics(metrics: EvaluationAnswer['metrics']): string[] {
  return Object.entries(metrics).map(([name, metric]) => `${name.padEnd(34)} ${describeMetric(metric)}`);
}

/** Who was asked about what, and the id by which a promotion names the evaluation. */
function describeSource({ models = [], dataset, id }: EvaluationAnswer): string[] {
  if (!dataset) return [];
  const asked = models.map(({ name, version }) => `${name}@${version}`).join(' against ');
  const rows = `${dataset.name}@${dataset.version}, ${dataset.rows} rows of ${dataset.split}`;
  return [`${asked === '' ? '' : `${asked} on `}${rows}; evaluation ${id}`];
}

function describeMetric({ value, reason, interval }: EvaluationAnswer['metrics'][string]): string {
  if (value === null) return `none: ${reason ?? 'it cannot be worked out'}`;
  return `${showNumber(value)}${interval ? `  (${showNumber(interval[0])} to ${showNumber(interval[1])})` : ''}`;
}
