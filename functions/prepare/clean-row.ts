import { hash53 } from '../../shared/core/hash-53.ts';
import { redactText } from '../../shared/core/redact-text.ts';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import type { ColumnMapping } from './columns.ts';
import type { Cleaning } from './contract-request.ts';
import { detectLanguage, LANGUAGES, type Language } from './language.ts';
import { lengthBin } from './length-bins.ts';
import { repairText } from './repair-text.ts';
import { type Sketch, sketchOf } from './sketch.ts';
import { textKey } from './text-key.ts';

/** A row as it would be kept, and what is decided by. */
export interface CleanRow {
  /** As it is stored. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly label: string | null;
  readonly key: number;
  readonly language: number;
  readonly length: number;
  readonly group: number;
  readonly time: number;
  readonly sketch: Sketch | null;
  /** What was done to it, in words. */
  readonly changes: readonly string[];
}

const MAX_LABEL_CHARACTERS = 256;
const MAX_KEPT_CHARACTERS = 1_024;

/** One row on its own: repaired, composed, without personal data; or why it can't be kept. What others say of it comes later. */
export function cleanTextRow(
  fields: Readonly<Record<string, string>>,
  line: number,
  columns: ColumnMapping,
  { isTimeNeeded, ...cleaning }: Cleaning & { readonly isTimeNeeded: boolean },
): Result<CleanRow, string> {
  const repaired = repairText(fields[columns.text] ?? '', cleaning.encoding === 'repair');
  if (repaired.text === '') return fail('the text is empty');
  const characters = repaired.text.length;
  if (characters > cleaning.maxCharacters) return fail(`the text is longer than ${cleaning.maxCharacters} characters`);
  const label = repairText(fields[columns.label] ?? '').text;
  if (label === '') return fail('the label is empty');
  if (label.length > MAX_LABEL_CHARACTERS) return fail(`the label is longer than ${MAX_LABEL_CHARACTERS} characters`);
  const redaction = redactText(repaired.text);
  const isPersonal = redaction.emails + redaction.phones + redaction.cards > 0;
  if (isPersonal && cleaning.personalData === 'drop') return fail('the text has personal data');
  const text = cleaning.personalData === 'redact' ? redaction.text : repaired.text;
  const language = detectLanguage(text);
  if (cleaning.languages && !cleaning.languages.includes(language)) return fail(`the language is ${language}`);
  const time = columns.time === undefined ? Number.NaN : parseTime(fields[columns.time] ?? '');
  if (isTimeNeeded && Number.isNaN(time)) return fail('the time is missing, or not understood');
  const key = textKey(text);
  const record = {
    id: idOf(fields, columns, line),
    text,
    label,
    ...keptFields(fields, columns, cleaning),
    ...(cleaning.personalData === 'mark' ? { personalData: isPersonal } : {}),
  };
  const groupText = columns.group === undefined ? '' : (fields[columns.group] ?? '');
  return ok({
    record,
    label,
    key: hash53(key),
    language: LANGUAGES.indexOf(language as Language),
    length: lengthBin(text.length),
    group: groupText === '' ? Number.NaN : hash53(groupText),
    time,
    sketch: sketchOf(key),
    changes: changesOf(repaired, cleaning.personalData === 'redact' && isPersonal),
  });
}

/** ISO 8601, or seconds or milliseconds since 1970; NaN for anything else. */
export function parseTime(text: string): number {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^\d{12,13}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}/.test(text)) return Number.NaN;
  // Without a zone a moment is in UTC, wherever this runs.
  const isDated = /T|\s\d/.test(text) && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  return Date.parse(isDated ? `${text.replace(' ', 'T')}Z` : text);
}

function idOf(fields: Readonly<Record<string, string>>, { id }: ColumnMapping, line: number): string {
  const own = id === undefined ? '' : (fields[id] ?? '');
  return own === '' ? `r${line}` : own.slice(0, MAX_LABEL_CHARACTERS);
}

function keptFields(
  fields: Readonly<Record<string, string>>,
  { keep }: ColumnMapping,
  { personalData }: Cleaning,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const column of keep) {
    const value = (fields[column] ?? '').slice(0, MAX_KEPT_CHARACTERS);
    if (value === '' || RESERVED.has(column)) continue;
    kept[column] = personalData === 'redact' ? redactText(value).text : value;
  }
  return kept;
}

const RESERVED = new Set(['id', 'text', 'label', '__proto__']);

function changesOf(
  { isRepaired, isNormalised }: { readonly isRepaired: boolean; readonly isNormalised: boolean },
  isRedacted: boolean,
): string[] {
  return [
    ...(isRepaired ? ['misread UTF-8 was turned back'] : []),
    ...(isNormalised ? ['characters were composed (NFC), unseen ones taken out'] : []),
    ...(isRedacted ? ['personal data was taken out'] : []),
  ];
}
