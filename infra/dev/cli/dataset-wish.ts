import { type CommandCall, isSet, listOption, type Option, textOption, UsageError } from './command.ts';

/** Options that say how a dataset is to be made. */
export const WISH_OPTIONS: Readonly<Record<string, Option>> = {
  feedback: { type: 'boolean', help: 'from collected feedback in place of a file' },
  events: { type: 'boolean', help: 'from collected events in place of a file: interactions' },
  from: { type: 'string', value: 'MOMENT', help: 'of what was collected: arrived at this moment or later' },
  to: { type: 'string', value: 'MOMENT', help: 'of what was collected: arrived before this moment' },
  model: { type: 'string', value: 'NAME', help: 'of feedback: only of this model' },
  text: { type: 'string', value: 'COLUMN', help: 'column of the text, where it is guessed wrong; likewise:' },
  label: { type: 'string', value: 'COLUMN', help: 'the right answer' },
  id: { type: 'string', value: 'COLUMN', help: 'what names a row' },
  group: { type: 'string', value: 'COLUMN', help: 'rows of one group are never parted' },
  time: { type: 'string', value: 'COLUMN', help: 'when it was' },
  split: { type: 'string', value: 'METHOD', help: 'random, stratified, grouped or time' },
  shares: { type: 'string', value: 'A,B,C', help: 'of training, validation and test (0.8,0.1,0.1)' },
  seed: { type: 'string', value: 'NUMBER', help: 'of the division (1)' },
  near: { type: 'string', value: 'ACTION', help: 'near-duplicates: drop or keep (drop)' },
  threshold: { type: 'string', value: 'SHARE', help: 'from which texts are near-duplicates (0.7)' },
  conflicts: { type: 'string', value: 'ACTION', help: 'one text, several labels: majority, drop or keep (majority)' },
  languages: { type: 'string', value: 'A,B', help: 'only texts of these' },
  personal: { type: 'string', value: 'ACTION', help: 'personal data: redact, mark, drop or keep (redact)' },
};

/** The request that the options say, but for the source's upload. */
export function wishOf(call: CommandCall, name: string): Record<string, unknown> {
  const text = (option: string) => textOption(call, option);
  const isOfEvents = isSet(call, 'events');
  return withoutEmpty({
    name,
    kind: isOfEvents ? 'interactions' : undefined,
    source: sourceOf(call),
    columns: withoutEmpty({
      text: text('text'),
      label: text('label'),
      id: text('id'),
      group: text('group'),
      time: text('time'),
    }),
    cleaning: withoutEmpty({
      nearDuplicates: withoutEmpty({ action: text('near'), threshold: numberOption(call, 'threshold') }),
      conflicts: withoutEmpty({ action: text('conflicts') }),
      languages: listOption(call, 'languages'),
      personalData: text('personal'),
    }),
    split: withoutEmpty({ method: text('split'), shares: sharesOf(call), seed: numberOption(call, 'seed') }),
  });
}

function sourceOf(call: CommandCall): Record<string, unknown> {
  const window = withoutEmpty({ from: textOption(call, 'from'), to: textOption(call, 'to') });
  if (isSet(call, 'feedback')) return { feedback: withoutEmpty({ ...window, model: textOption(call, 'model') }) };
  return isSet(call, 'events') ? { events: window } : {};
}

function sharesOf(call: CommandCall): Record<string, number> | undefined {
  const shares = listOption(call, 'shares')?.map(Number);
  if (shares === undefined) return undefined;
  const [train, validation, test] = shares;
  if (shares.length !== 3 || train === undefined || validation === undefined || test === undefined)
    throw new UsageError('--shares takes three numbers, such as 0.8,0.1,0.1');
  return { train, validation, test };
}

function numberOption(call: CommandCall, name: string): number | undefined {
  const text = textOption(call, name);
  if (text === undefined) return undefined;
  if (!/^\d*\.?\d+$/.test(text)) throw new UsageError(`--${name} takes a number, not "${text}"`);
  return Number(text);
}

function withoutEmpty(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSaid = (each: unknown) =>
    each !== undefined && !(typeof each === 'object' && each !== null && Object.keys(each).length === 0);
  // An empty window is a window.
  return Object.fromEntries(Object.entries(value).filter(([name, each]) => isSaid(each) || name === 'source'));
}
