import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type EvaluationAnswer, EvaluationSchema } from '../../../functions/evaluate/contract.ts';
import { showNumber } from '../../../functions/evaluate/markup.ts';
import { TASK_NAMES } from '../../../functions/evaluate/tasks.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { sendForText } from './api.ts';
import { type Command, type CommandCall, isSet, listOption, onlyArgument, textOption, UsageError } from './command.ts';
import { EVENT_OPTIONS, evaluateEvents } from './evaluate-events.ts';

const FORMATS = ['text', 'json', 'html', 'svg'];

export const evaluateCommand: Command = {
  name: 'evaluate',
  takes: 'FILE | --events',
  summary: 'Evaluate predictions, rankings or a campaign',
  details:
    'FILE is CSV or NDJSON, gzipped or not. Its columns are guessed from the header and shown; --columns corrects them. With --events there is no FILE: what was collected is evaluated, by customer, for the tasks campaign, ab-test and attribution. With --format html the answer is a report that needs nothing else.',
  options: {
    task: { type: 'string', value: 'TASK', help: TASK_NAMES.join(', ') },
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
    const query = queryOf(call, format);
    const text = isSet(call, 'events') ? await evaluateEvents(call, query) : await evaluateFile(call, query);
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

async function evaluateFile(call: CommandCall, query: URLSearchParams): Promise<string> {
  const path = onlyArgument(call, 'FILE');
  if (!existsSync(path)) throw new DevError(`there is no file ${path}.`, 'Name a CSV or NDJSON file.');
  return sendForText(call.environment, `/v1/evaluate?${query}`, gzipSync(readFileSync(path)));
}

function queryOf(call: CommandCall, format: string): URLSearchParams {
  const task = textOption(call, 'task');
  if (task === undefined) throw new UsageError(`--task is missing: ${TASK_NAMES.join(', ')}`);
  const query = new URLSearchParams({ task, format: format === 'text' ? 'json' : format });
  const columns = pairsOption(call, 'columns');
  if (columns) query.set('columns', JSON.stringify(columns));
  const settings = settingsOption(call);
  if (settings !== undefined) query.set('settings', settings);
  for (const name of ['slices', 'metrics']) {
    const list = listOption(call, name);
    if (list) query.set(name, list.join(','));
  }
  const fairness = listOption(call, 'fairness');
  if (fairness) query.set('fairness', JSON.stringify({ columns: fairness }));
  for (const name of ['plot', 'gates']) {
    const text = textOption(call, name);
    if (text !== undefined) query.set(name, text);
  }
  const level = textOption(call, 'level');
  if (level !== undefined) query.set('intervals', JSON.stringify({ level: Number(level) }));
  return query;
}

function settingsOption(call: CommandCall): string | undefined {
  const text = textOption(call, 'settings');
  if (text === undefined || text.trimStart().startsWith('{')) return text;
  const pairs = Object.entries(pairsOption(call, 'settings') ?? {});
  return JSON.stringify(Object.fromEntries(pairs.map(([name, value]) => [name, jsonOr(value)])));
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
    ...Object.entries(answer.metrics).map(([name, metric]) => `${name.padEnd(34)} ${describeMetric(metric)}`),
    ...(answer.gates ? [answer.gates.summary] : []),
    [
      `${answer.rows.read} rows read, ${answer.rows.rejected} rejected`,
      ...(columns.length > 0 ? [columns.join(', ')] : []),
    ].join('; '),
    ...rejected,
  ].join('\n');
}

function describeMetric({ value, reason, interval }: EvaluationAnswer['metrics'][string]): string {
  if (value === null) return `none: ${reason ?? 'it cannot be worked out'}`;
  return `${showNumber(value)}${interval ? `  (${showNumber(interval[0])} to ${showNumber(interval[1])})` : ''}`;
}
