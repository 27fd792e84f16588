import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Columns } from './contract-request.ts';

/** Which columns of a source mean what; `keep` are the others that rows keep. */
export interface ColumnMapping {
  readonly text: string;
  readonly label: string;
  readonly id?: string | undefined;
  readonly group?: string | undefined;
  readonly time?: string | undefined;
  readonly keep: readonly string[];
}

type Fields = Readonly<Record<string, string>>;

const MAX_KEPT = 20;
const ROLES = ['text', 'label', 'id', 'group', 'time'] as const;
const NAMES: Readonly<Record<(typeof ROLES)[number], readonly string[]>> = {
  text: 'text review reviewtext comment message msg body sentence content utterance tweet description question query feedback title headline sms'.split(
    ' ',
  ),
  label: 'label labels sentiment category class target intent topic rating stars score y tag type classification'.split(
    ' ',
  ),
  id: 'id rowid uid uuid reviewid textid key'.split(' '),
  group: 'group user userid customer customerid author thread threadid sessionid conversationid'.split(' '),
  time: 'at time date timestamp createdat created datetime createddate publishedat'.split(' '),
};
/** A label says the same of many rows. */
const MAX_LABEL_SHARE = 0.5;
const MAX_SHOWN = 40;

/** The mapping that is said, and for what is not said the one that names and contents suggest. Refused with the columns there are. */
export function mapColumns(
  said: Columns,
  present: readonly string[],
  sample: readonly Fields[],
): Outcome<ColumnMapping> {
  for (const [role, column] of Object.entries(said)) {
    for (const name of [column].flat()) {
      if (name !== undefined && !present.includes(name))
        return invalidField(`columns.${role}`, `there is no "${name}"; there are ${shown(present)}`);
    }
  }
  const taken = new Set<string | undefined>([said.text, said.label, said.id, said.group, said.time]);
  const guess = (role: (typeof ROLES)[number]) => {
    const found = said[role] ?? present.find((name) => !taken.has(name) && NAMES[role].includes(plain(name)));
    taken.add(found);
    return found;
  };
  const [namedText, namedLabel] = [guess('text'), guess('label')];
  const text =
    namedText ??
    longest(
      present.filter((name) => !taken.has(name)),
      sample,
    );
  taken.add(text);
  const label =
    namedLabel ??
    repeating(
      present.filter((name) => !taken.has(name)),
      sample,
    );
  taken.add(label);
  if (text === undefined) return missing('text', present);
  if (label === undefined) return missing('label', present);
  const [id, group, time] = [guess('id'), guess('group'), guess('time')];
  const keep = said.keep ?? present.filter((name) => ![text, label, id].includes(name)).slice(0, MAX_KEPT);
  return ok({ text, label, id, group, time, keep });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** The column with the longest values. */
function longest(names: readonly string[], sample: readonly Fields[]): string | undefined {
  const lengths = names.map((name) => sample.reduce((sum, fields) => sum + (fields[name]?.length ?? 0), 0));
  const most = Math.max(...lengths);
  return most > 0 ? names[lengths.indexOf(most)] : undefined;
}

/** The column that says one of the fewest things, but more than one. */
function repeating(names: readonly string[], sample: readonly Fields[]): string | undefined {
  const counted = names.map((name) => ({ name, values: new Set(sample.map((fields) => fields[name] ?? '')).size }));
  const possible = counted.filter(({ values }) => values > 1 && values <= Math.max(2, sample.length * MAX_LABEL_SHARE));
  return possible.sort((a, b) => a.values - b.values)[0]?.name;
}

function missing(role: string, present: readonly string[]): Outcome<never> {
  return invalidField(`columns.${role}`, `which column is it? There are ${shown(present)}`);
}

function shown(present: readonly string[]): string {
  const more = present.length > MAX_SHOWN ? ` and ${present.length - MAX_SHOWN} more` : '';
  return `${present
    .slice(0, MAX_SHOWN)
    .map((name) => `"${name.slice(0, 60)}"`)
    .join(', ')}${more}`;
}
