import { type CsvHeader, type CsvReader, createCsvReader } from './csv-reader.ts';
import { createNdjsonReader } from './ndjson-reader.ts';
import { MAX_ROW_CHARACTERS, type RowFormat, type RowReader, type RowTaker } from './row-reader.ts';

/** Reads a file of either format from its beginning. */
export interface FileReader extends RowReader {
  /** Null as long as nothing told it. */
  readonly format: RowFormat | null;
  /** Of CSV, once it was read. */
  readonly header: CsvHeader | null;
}

/** Without `format`, the first sign that is no space tells. */
export function createFileReader(taker: RowTaker, format?: RowFormat): FileReader {
  let reader: RowReader | null = null;
  let csv: CsvReader | null = null;
  let chosen: RowFormat | null = null;
  /** Text of spaces alone, which nobody reads yet. */
  let blank = '';

  const begin = (found: RowFormat): RowReader => {
    chosen = found;
    if (found === 'csv') csv = createCsvReader(taker);
    reader = csv ?? createNdjsonReader(taker);
    return reader;
  };
  if (format) begin(format);

  return {
    get format() {
      return chosen;
    },
    get header() {
      return csv?.header ?? null;
    },
    get line() {
      return reader?.line ?? blank.split('\n').length;
    },
    get isBetweenRows() {
      return reader === null ? blank === '' || blank.endsWith('\n') : reader.isBetweenRows;
    },
    push(text) {
      if (reader !== null) return reader.push(text);
      blank += text;
      const start = blank.slice(0, MAX_ROW_CHARACTERS).trimStart();
      if (start === '' && blank.length < MAX_ROW_CHARACTERS) return;
      begin(start.startsWith('{') ? 'ndjson' : 'csv').push(blank);
      blank = '';
    },
    end() {
      reader?.end();
    },
  };
}
