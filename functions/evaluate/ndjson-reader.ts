import type { RowRecord } from '../../shared/metrics/task.ts';
import { MAX_ROW_CHARACTERS, type RowReader, type RowTaker } from './row-reader.ts';
import { RowShape } from './row-shape.ts';

/** Lines after which no other shape is looked for: a file has one, or many. */
const MAX_SHAPES = 64;
const TOO_LONG = 'is too long';

/** Lines of one JSON object each (https://github.com/ndjson/ndjson-spec); empty lines are passed over, and lines that are too long refused. */
export function createNdjsonReader(taker: RowTaker): RowReader {
  let carry = '';
  let line = 1;
  let isSkipping = false;
  let shape: RowShape | null = null;
  let shapes = 0;

  const take = (text: string) => {
    if (text.length > MAX_ROW_CHARACTERS) taker.unreadable(line, TOO_LONG);
    else if (text !== '' && text.trim() !== '' && takeLine(taker, text, line) && shapes < MAX_SHAPES) {
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
      if (end - begin > MAX_ROW_CHARACTERS) break;
      taker.row(shape.row, line++);
      begin = end + 1;
    }
    return begin;
  };

  return {
    get line() {
      return line;
    },
    get isBetweenRows() {
      return carry === '' && !isSkipping;
    },
    push(text) {
      let at = 0;
      let end = text.indexOf('\n');
      if (isSkipping) {
        if (end < 0) return;
        isSkipping = false;
        line++;
        at = end + 1;
        end = text.indexOf('\n', at);
      }
      if (end >= 0 && carry !== '') {
        take(carry + text.slice(at, end));
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
      if (carry.length > MAX_ROW_CHARACTERS) {
        taker.unreadable(line, TOO_LONG);
        carry = '';
        isSkipping = true;
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
