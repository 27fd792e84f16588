import type { RowRecord } from '../../shared/metrics/task.ts';
import { MAX_ROW_CHARACTERS, type RowReader, type RowTaker } from './row-reader.ts';

/** Lines of one JSON object each (https://github.com/ndjson/ndjson-spec); empty lines are passed over. */
export function createNdjsonReader(taker: RowTaker): RowReader {
  let carry = '';
  let line = 1;

  const take = (text: string) => {
    if (text !== '' && text.trim() !== '') takeLine(taker, text, line);
    line++;
  };

  return {
    push(text) {
      let at = 0;
      let end = text.indexOf('\n');
      if (end >= 0 && carry !== '') {
        take(carry + text.slice(0, end));
        carry = '';
        at = end + 1;
        end = text.indexOf('\n', at);
      }
      for (; end >= 0; end = text.indexOf('\n', at)) {
        take(text.slice(at, end));
        at = end + 1;
      }
      carry += text.slice(at);
      // The rest of such a line is no JSON either: it is told twice, and bounded.
      if (carry.length > MAX_ROW_CHARACTERS) {
        taker.unreadable(line, 'is too long');
        carry = '';
      }
    },
    end() {
      if (carry !== '') take(carry);
      carry = '';
    },
  };
}

function takeLine(taker: RowTaker, text: string, line: number): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    taker.unreadable(line, 'is not valid JSON');
    return;
  }
  if (isRow(value)) taker.row(value, line);
  else taker.unreadable(line, 'is not an object');
}

/** A JSON object, which a row is. */
export function isRow(value: unknown): value is RowRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
