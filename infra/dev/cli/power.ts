import { type PowerAnswer, PowerAnswerSchema } from '../../../functions/evaluate/contract-power.ts';
import { showNumber } from '../../../shared/report/markup.ts';
import { callApi } from './api.ts';
import { type Command, type CommandCall, countOption, isSet, noArgument, textOption, UsageError } from './command.ts';

export const powerCommand: Command = {
  name: 'power',
  takes: '',
  summary: 'Plan a test: rows needed, power, or the smallest difference found',
  details:
    'Give --share (of the control) to compare shares, or --deviation to compare means. Of --difference, --rows and --power leave one out: it is the answer; with all three the level is.',
  options: {
    share: { type: 'string', value: 'SHARE', help: 'share of the control that converts: 0.02 is 2 %' },
    deviation: { type: 'string', value: 'NUMBER', help: 'or the standard deviation of the number compared' },
    'treatment-deviation': { type: 'string', value: 'NUMBER', help: 'the same of a treatment, where it differs' },
    difference: {
      type: 'string',
      value: 'NUMBER',
      help: 'treatment less control: 0.004 is 0.4 points; a fall as --difference=-0.004',
    },
    rows: { type: 'string', value: 'N', help: 'of all arms together' },
    power: { type: 'string', value: 'SHARE', help: 'chance of finding the difference (0.8 is usual)' },
    alpha: { type: 'string', value: 'SHARE', help: 'chance of finding one where there is none (0.05)' },
    ratio: { type: 'string', value: 'NUMBER', help: 'rows of each treatment for each of the control (1)' },
    arms: { type: 'string', value: 'N', help: 'the control and the treatments (2)' },
    correction: { type: 'string', value: 'NAME', help: 'for several treatments: holm, bonferroni, none (holm)' },
    json: { type: 'boolean', help: 'the answer as it comes' },
  },
  async run(call) {
    noArgument(call);
    const answer = PowerAnswerSchema.parse(await callApi(call.environment, '/v1/evaluate/power', requestOf(call)));
    console.log(isSet(call, 'json') ? JSON.stringify(answer, null, 2) : describe(answer));
  },
};

function requestOf(call: CommandCall): Record<string, unknown> {
  const [rows, arms, correction] = [
    countOption(call, 'rows'),
    countOption(call, 'arms'),
    textOption(call, 'correction'),
  ];
  const numbers = ['difference', 'power', 'alpha', 'ratio'].flatMap((name) => {
    const value = numberOption(call, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    outcome: outcomeOf(call),
    ...Object.fromEntries(numbers),
    ...(rows === undefined ? {} : { rows }),
    ...(arms === undefined ? {} : { arms }),
    ...(correction === undefined ? {} : { correction }),
  };
}

function outcomeOf(call: CommandCall): Record<string, unknown> {
  const [control, deviation] = [numberOption(call, 'share'), numberOption(call, 'deviation')];
  const treatmentDeviation = numberOption(call, 'treatment-deviation');
  if ((control === undefined) === (deviation === undefined)) throw new UsageError('give either --share or --deviation');
  if (control !== undefined) return { kind: 'shares', control };
  return { kind: 'means', deviation, ...(treatmentDeviation === undefined ? {} : { treatmentDeviation }) };
}

function numberOption(call: CommandCall, name: string): number | undefined {
  const text = textOption(call, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--${name} takes a number, not "${text}"`);
  return value;
}

function describe({ summary, rows, difference, power, alpha, alphaPerComparison, comparisons }: PowerAnswer): string {
  const figures = [
    [
      'rows',
      `${showNumber(rows.all)} (control ${showNumber(rows.control)}, each treatment ${showNumber(rows.treatment)})`,
    ],
    ['difference', showNumber(difference)],
    ['power', showNumber(power)],
    ['alpha', comparisons === 1 ? showNumber(alpha) : `${showNumber(alpha)} (${showNumber(alphaPerComparison)} each)`],
  ];
  return [...summary, ...figures.map(([name = '', figure]) => `${name.padEnd(12)} ${figure}`)].join('\n');
}
