import type { RowRecord } from '../../shared/metrics/task.ts';
import { MAX_ROW_CHARACTERS, type RowReader, type RowTaker } from './row-reader.ts';
import { RowShape } from './row-shape.ts';

/** Lines after which no other shape is looked for: a file has one, or many. */
const MAX_SHAPES = 64;

/** Lines of one JSON object each (https://github.com/ndjson/ndjson-spec); empty lines are passed over. */
export function createNdjsonReader(taker: RowTaker): RowReader {
  let carry = '';
  let line = 1;
  let shape: RowShape | null = null;
  let shapes = 0;

  const take = (text: string) => {
    if (text !== '' && text.trim() !== '' && takeLine(taker, text, line) && shapes < MAX_SHAPES) {
      shapes++;
      shape = RowShape.of(text) ?? shape;
    }
    line++;
  };
  /** Hands on lines from `at` as long as they are of the shape, and gives where the first one begins that is not. */
  const takeShaped = (text: string, at: number): number => {
    if (shape === null) return at;
    let begin = at;
    for (let end = shape.read(text, at); end >= 0; end = shape.read(text, begin)) {
      taker.row(shape.row, line++);
      begin = end + 1;
    }
    return begin;
  };

  return {
    push(text) {
      let at = 0;
      let end = text.indexOf('\n');
      if (end >= 0 && carry !== '') {
        take(carry + text.slice(0, end));
        carry = '';
        at = end + 1;
      }
      if (carry === '') {
        at = takeShaped(text, at);
        for (end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
          take(text.slice(at, end));
          at = takeShaped(text, end + 1);
        }
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

/** Gives whether the line was a row. */
function takeLine(taker: RowTaker, text: string, line: number): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    taker.unreadable(line, 'is not valid JSON');
    return false;
  }
  if (!isRow(value)) {
    taker.unreadable(line, 'is not an object');
    return false;
  }
  taker.row(value, line);
  return true;
}

/** A JSON object, which a row is. */
export function isRow(value: unknown): value is RowRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
