import Papa from 'papaparse';
import { fail, ok, type Result } from '../core/result.ts';

export type RowFormat = 'csv' | 'ndjson';

/** A row as the file has it: the line on which it begins, and its fields as texts. */
export interface TextRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** A row that can't be read. */
export interface UnreadableRow {
  readonly line: number;
  readonly reason: string;
}

/** Where reading stopped; enough to go on with the text that follows. */
export interface ReaderState {
  readonly format: RowFormat;
  /** Of CSV: the columns, once the header was read, and what stands between fields. */
  readonly columns: readonly string[] | null;
  readonly delimiter: string | null;
  /** Where tabs part fields a row is a line, and quotes are letters (IANA text/tab-separated-values), but around a whole field. */
  readonly hasPlainTabs?: boolean | undefined;
  /** Text after the last whole row. */
  readonly carry: string;
  /** The line on which `carry` begins, from 1. */
  readonly line: number;
}

export interface ReadRows {
  readonly state: ReaderState;
  readonly rows: readonly Result<TextRow, UnreadableRow>[];
}

/** Characters that one row may have: a quote that is never closed must not swallow the file. */
const MAX_ROW_CHARACTERS = 256 * 1024;
const MAX_COLUMNS = 512;
const DELIMITERS = [',', ';', '\t', '|'];

export function beginReading(format: RowFormat): ReaderState {
  return { format, columns: null, delimiter: null, carry: '', line: 1 };
}

/**
 * The whole rows of the text so far, and where to go on. With `isEnd` the last row needs no line break. CSV is read as RFC 4180 says,
 * with any of the usual delimiters; its first row names the columns.
 */
export function readRows(state: ReaderState, text: string, isEnd: boolean): ReadRows {
  // A byte order mark is no part of the first column's name.
  const whole = state.carry + (state.line === 1 && state.carry === '' ? text.replace(/^\ufeff/, '') : text);
  return state.format === 'csv' ? readCsv(state, whole, isEnd) : readNdjson(state, whole, isEnd);
}

function readCsv(state: ReaderState, text: string, isEnd: boolean): ReadRows {
  const delimiter = state.delimiter ?? guessDelimiter(text);
  if (delimiter === '\t' && state.hasPlainTabs) return readTabbed({ ...state, delimiter }, text, isEnd);
  const rows: Result<TextRow, UnreadableRow>[] = [];
  let rest = isEnd && text !== '' && !text.endsWith('\n') ? `${text}\n` : text;
  let { columns, line } = state;
  for (;;) {
    let at = 0;
    for (const record of records(rest, delimiter)) {
      if (!isEmpty(record.values)) {
        if (columns === null) columns = distinct(record.values);
        else rows.push(toRow(columns, record.values, line));
      }
      line += countLines(rest.slice(at, record.end));
      at = record.end;
    }
    rest = rest.slice(at);
    const isStuck = rest.length > MAX_ROW_CHARACTERS || (isEnd && rest.trim() !== '');
    const end = isStuck ? rest.indexOf('\n') + 1 : 0;
    if (end === 0) break;
    // What follows the line with the open quote is read again.
    rows.push(fail({ line, reason: 'has a quote that is never closed' }));
    line++;
    rest = rest.slice(end);
  }
  return { state: { ...state, columns, delimiter, carry: rest, line }, rows };
}

function readTabbed(state: ReaderState, text: string, isEnd: boolean): ReadRows {
  const end = isEnd ? text.length : text.lastIndexOf('\n') + 1;
  const rows: Result<TextRow, UnreadableRow>[] = [];
  let { columns, line } = state;
  const lines = text.slice(0, end).split('\n');
  for (const raw of isEnd ? lines : lines.slice(0, -1)) {
    const values = raw.replace(/\r$/, '').split('\t').map(withoutQuotes);
    if (!isEmpty(values)) {
      if (columns === null) columns = distinct(values);
      else rows.push(toRow(columns, values, line));
    }
    line++;
  }
  return { state: { ...state, columns, carry: text.slice(end), line }, rows };
}

/** A field that stands in quotes as a whole, with those in it doubled. */
function withoutQuotes(field: string): string {
  return /^"(?:[^"]|"")*"$/.test(field) ? field.slice(1, -1).replaceAll('""', '"') : field;
}

/** Whole records with the place behind each. */
function* records(text: string, delimiter: string): Generator<{ readonly values: string[]; readonly end: number }> {
  const found: { values: string[]; end: number }[] = [];
  const step = ({ data, meta }: { readonly data: string[][]; readonly meta: { readonly cursor: number } }) =>
    found.push({ values: data[0] ?? [], end: meta.cursor });
  // The parser without Papa's reading of files; `true`: a last row without an end is left for later.
  new Papa.Parser({ delimiter, newline: '\n', step }).parse(text, 0, true);
  for (const { values, end } of found) {
    const last = values.at(-1);
    if (last?.endsWith('\r')) values[values.length - 1] = last.slice(0, -1);
    if (text[end - 1] === '\n') yield { values, end };
  }
}

function guessDelimiter(text: string): string {
  const header = (/^[^\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length - 1);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

function toRow(columns: readonly string[], values: readonly string[], line: number): Result<TextRow, UnreadableRow> {
  if (values.length > columns.length && values.slice(columns.length).some((value) => value !== ''))
    return fail({ line, reason: `has ${values.length} fields; the header has ${columns.length}` });
  return ok({ line, fields: Object.fromEntries(columns.map((column, index) => [column, values[index] ?? ''])) });
}

function readNdjson(state: ReaderState, text: string, isEnd: boolean): ReadRows {
  const end = isEnd ? text.length : text.lastIndexOf('\n') + 1;
  const rows: Result<TextRow, UnreadableRow>[] = [];
  let { columns, line } = state;
  for (const raw of text
    .slice(0, end)
    .split('\n')
    .slice(0, isEnd ? undefined : -1)) {
    if (raw.trim() !== '') {
      const row = parseLine(raw, line);
      if (row.ok && columns === null) columns = Object.keys(row.value.fields);
      rows.push(row);
    }
    line++;
  }
  return { state: { ...state, columns, carry: text.slice(end), line }, rows };
}

function parseLine(raw: string, line: number): Result<TextRow, UnreadableRow> {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return fail({ line, reason: 'is not valid JSON' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail({ line, reason: 'is not an object' });
  const fields = Object.entries(value).map(([name, field]) => [name, toText(field)]);
  return ok({ line, fields: Object.fromEntries(fields) });
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(toText).join('|');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Names of columns; one that comes twice, or is empty, gets its place beside it. */
function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.slice(0, MAX_COLUMNS).map((name, place) => {
    const trimmed = name.trim();
    const unique = trimmed === '' || seen.has(trimmed) ? `${trimmed}#${place + 1}` : trimmed;
    seen.add(unique);
    return unique;
  });
}

function isEmpty(values: readonly string[]): boolean {
  return values.every((value) => value.trim() === '');
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
