import { readCell } from './csv-cell.ts';
import { MAX_ROW_CHARACTERS, type RowReader, type RowTaker } from './row-reader.ts';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DELIMITERS = [',', ';', '\t', '|'];
const MAX_COLUMNS = 4_096;
const NONE: readonly string[] = [];
/** Of a row that is not whole yet. */
const INCOMPLETE = -1;

/**
 * CSV as RFC 4180 says, with any of the usual delimiters; its first row names the columns. Only cells of columns that are wanted are
 * made. Own code rather than Papa Parse (the import's), which makes a text of every cell and was measured at half the speed.
 */
export function createCsvReader(taker: RowTaker, known?: CsvHeader): CsvReader {
  return new CsvReader(taker, known);
}

/** What the first row of a file says of the others. */
export interface CsvHeader {
  /** The character code of what parts cells. */
  readonly delimiter: number;
  readonly columns: readonly string[];
}

export class CsvReader implements RowReader {
  readonly #taker: RowTaker;
  #carry = '';
  /** The line on which `#carry` begins, from 1. */
  #line = 1;
  #delimiter = 0;
  #header: readonly string[] | null = null;
  #names: readonly (readonly string[])[] = [];
  #record: Record<string, string | number> = {};
  /** The cells of the row that is read last, where all are wanted: the header. */
  #cells: string[] = [];
  #isEnd = false;
  /** What the last row turned out to have. */
  #columns = 0;
  #lines = 1;
  #hasExtra = false;
  #isBlank = false;
  #fault = '';
  /** Whether what comes is the rest of a line that was refused. */
  #isSkipping = false;

  constructor(taker: RowTaker, known?: CsvHeader) {
    this.#taker = taker;
    if (known === undefined) return;
    this.#delimiter = known.delimiter;
    this.#setHeader(known.columns);
  }

  get line(): number {
    return this.#line;
  }

  get isBetweenRows(): boolean {
    return this.#carry === '' && !this.#isSkipping;
  }

  /** Null as long as it was not read. */
  get header(): CsvHeader | null {
    return this.#header === null ? null : { delimiter: this.#delimiter, columns: this.#header };
  }

  push(text: string): void {
    this.#read(this.#carry === '' ? text : this.#carry + text);
  }

  end(): void {
    this.#isEnd = true;
    this.#read(this.#carry);
  }

  #read(text: string): void {
    if (this.#delimiter === 0) {
      const isHeaderWhole = text.includes('\n') || this.#isEnd || text.length > MAX_ROW_CHARACTERS;
      if (!isHeaderWhole) {
        this.#carry = text;
        return;
      }
      this.#delimiter = guessDelimiter(text).charCodeAt(0);
    }
    let at = this.#isSkipping ? this.#skipLine(text, 0) : 0;
    while (at < text.length) {
      const end = this.#takeRow(text, at);
      // A row's length decides, not how much of the file has come: the same file is always read the same.
      if (end !== INCOMPLETE && end - at <= MAX_ROW_CHARACTERS) {
        this.#settle();
        at = end;
        continue;
      }
      const isStuck = end !== INCOMPLETE || this.#isEnd || text.length - at > MAX_ROW_CHARACTERS;
      if (!isStuck) break;
      // What follows the line with the open quote is read again.
      this.#taker.unreadable(this.#line++, 'has a quote that is never closed, or is too long');
      at = this.#skipLine(text, at);
    }
    this.#carry = text.slice(at);
  }

  /** Gives where the line after the one at `at` begins. */
  #skipLine(text: string, at: number): number {
    const lineEnd = text.indexOf('\n', at);
    this.#isSkipping = lineEnd < 0;
    return lineEnd < 0 ? text.length : lineEnd + 1;
  }

  /** Reads one row from `at`, and gives where the next one begins. */
  #takeRow(text: string, at: number): number {
    const isHeader = this.#header === null;
    if (isHeader) this.#cells = [];
    const names = this.#names;
    const delimiter = this.#delimiter;
    const length = text.length;
    let column = 0;
    let place = at;
    this.#lines = 1;
    this.#hasExtra = false;
    this.#isBlank = false;
    this.#fault = '';
    for (;;) {
      let end = place;
      let next = text.charCodeAt(place);
      if (next === QUOTE) {
        end = this.#takeQuoted(text, place, column, isHeader);
        if (end === INCOMPLETE) return INCOMPLETE;
        next = text.charCodeAt(end);
      } else {
        while (next !== delimiter && next !== LINE_FEED && end < length) next = text.charCodeAt(++end);
        if (end >= length && !this.#isEnd) return INCOMPLETE;
        // Not a number at the end of the text, hence equal to neither.
        const isLast = next !== delimiter;
        const cellEnd = isLast && end > place && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
        if (isLast && column === 0 && cellEnd === place) this.#isBlank = true;
        if (isHeader) this.#cells.push(text.slice(place, cellEnd));
        else if (column >= names.length) this.#hasExtra ||= cellEnd > place;
        else if ((names[column] as readonly string[]).length > 0) this.#keep(column, readCell(text, place, cellEnd));
      }
      column++;
      if (next !== delimiter) {
        this.#columns = column;
        return end + 1;
      }
      place = end + 1;
    }
  }

  /** Gives the place of the delimiter or line feed behind a cell in quotes. */
  #takeQuoted(text: string, place: number, column: number, isHeader: boolean): number {
    let close = text.indexOf('"', place + 1);
    let hasDoubled = false;
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
      hasDoubled = true;
      close = text.indexOf('"', close + 2);
    }
    // Whether a quote at the very end is the first of two can't be told yet.
    if (close < 0 || (close + 1 >= text.length && !this.#isEnd)) return INCOMPLETE;
    const raw = text.slice(place + 1, close);
    const cell = hasDoubled ? raw.replaceAll('""', '"') : raw;
    for (let feed = raw.indexOf('\n'); feed >= 0; feed = raw.indexOf('\n', feed + 1)) this.#lines++;
    if (isHeader) this.#cells.push(cell);
    else if (column >= this.#names.length) this.#hasExtra ||= cell !== '';
    else if ((this.#names[column] as readonly string[]).length > 0) this.#keep(column, cell);
    let end = close + 1;
    while (end < text.length && text.charCodeAt(end) !== this.#delimiter && text.charCodeAt(end) !== LINE_FEED) {
      if (text.charCodeAt(end) !== CARRIAGE_RETURN) this.#fault = 'has text after a closing quote';
      end++;
    }
    return end >= text.length && !this.#isEnd ? INCOMPLETE : end;
  }

  #keep(column: number, cell: string | number): void {
    const names = this.#names[column] as readonly string[];
    for (let i = 0; i < names.length; i++) this.#record[names[i] as string] = cell;
  }

  /** Hands on the row that was read. */
  #settle(): void {
    const line = this.#line;
    this.#line += this.#lines;
    if (this.#isBlank && this.#columns === 1) return;
    if (this.#header === null) {
      this.#setHeader(distinct(this.#cells));
      return;
    }
    const wanted = this.#names.length;
    if (this.#fault !== '') this.#taker.unreadable(line, this.#fault);
    else if (this.#columns < wanted || this.#hasExtra)
      this.#taker.unreadable(line, `has ${this.#columns} fields; the header has ${wanted}`);
    else this.#taker.row(this.#record, line);
  }

  #setHeader(columns: readonly string[]): void {
    this.#header = columns;
    this.#names = this.#taker.header(columns).map((names) => names ?? NONE);
  }
}

/** The delimiter that parts the first line into most cells. */
function guessDelimiter(text: string): string {
  const header = (/^[^\n]*/.exec(text.slice(0, MAX_ROW_CHARACTERS))?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length - 1);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
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
