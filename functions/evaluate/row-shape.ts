import type { RowRecord } from '../../shared/metrics/task.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
/** Digits of which every number is a double without rounding; powers of ten are as well, up to 10^22 (Clinger 1990, PLDI). */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/** What stands before a value, and behind the last one. Keys with escapes are left to the general parser. */
const FIRST = /[ \t]*\{[ \t]*"([^"\\\p{Cc}]*)"[ \t]*:[ \t]*/uy;
const NEXT = /[ \t]*,[ \t]*"([^"\\\p{Cc}]*)"[ \t]*:[ \t]*/uy;
const CLOSE = /[ \t]*\}/uy;
const LAST = /[ \t\r]*$/uy;
/** Not a row of the shape. */
const OTHER = -1;

/** Where a value goes: under this name of the row, or of an object within it. */
interface Place {
  /** The characters before the value. */
  readonly part: string;
  readonly record: Record<string, unknown>;
  readonly name: string;
}

/** A place of a line, and the characters before it that belong to no value yet. */
interface Found {
  readonly at: number;
  readonly part: string;
}

/**
 * How a line of JSON was written: the very characters around its values. Lines of one file mostly share them, and are read in a third of
 * `JSON.parse`'s time by comparing those characters and reading the values alone: texts without escapes, and numbers without
 * exponents, in the row itself and in objects of the row. Whatever differs is no row of the shape, and is for `JSON.parse`; what is
 * one means the same as it does there.
 */
export class RowShape {
  readonly #places: readonly Place[];
  readonly #end: string;
  readonly #record: RowRecord;
  /** Where the value that was read last ended. */
  #place = 0;

  private constructor(places: readonly Place[], end: string, record: RowRecord) {
    this.#places = places;
    this.#end = end;
    this.#record = record;
  }

  /** The shape of a line that is a JSON object; null where it has none, as it holds lists, deeper or empty objects, escapes or truth values. */
  static of(line: string): RowShape | null {
    const places: Place[] = [];
    const row: Record<string, unknown> = {};
    const close = new RowShape([], '', {}).#findPlaces(line, { at: 0, part: '' }, row, true, places);
    const last = close === null ? null : matchAt(LAST, line, close.at);
    return close === null || last === null ? null : new RowShape(places, close.part + last[0], row);
  }

  /** The row that `read` found last; the same objects each time. */
  get row(): RowRecord {
    return this.#record;
  }

  /** Reads the line at `at` into `row`; gives the place of its line feed, or -1 where it is not of the shape. */
  read(text: string, at: number): number {
    const places = this.#places;
    let place = at;
    for (let i = 0; i < places.length; i++) {
      const { part, record, name } = places[i] as Place;
      if (!text.startsWith(part, place)) return OTHER;
      const value = this.#value(text, place + part.length);
      if (value === undefined) return OTHER;
      record[name] = value;
      place = this.#place;
    }
    if (!text.startsWith(this.#end, place)) return OTHER;
    place += this.#end.length;
    return text.charCodeAt(place) === LINE_FEED ? place : OTHER;
  }

  /**
   * Finds the values of the object that begins at `from.at`, whose first one has `from.part` and more before it. Gives where the object
   * ends, and the characters behind its last value.
   */
  #findPlaces(
    line: string,
    from: Found,
    record: Record<string, unknown>,
    isRow: boolean,
    places: Place[],
  ): Found | null {
    let { at, part } = from;
    for (let key = matchAt(FIRST, line, at); key !== null; key = matchAt(NEXT, line, at)) {
      const name = key[1] as string;
      if (Object.hasOwn(record, name) || name === '__proto__') return null;
      at += key[0].length;
      part += key[0];
      if (isRow && line[at] === '{') {
        const inner: Record<string, unknown> = {};
        record[name] = inner;
        const end = this.#findPlaces(line, { at, part }, inner, false, places);
        if (end === null) return null;
        ({ at, part } = end);
      } else {
        const value = this.#value(line, at);
        if (value === undefined) return null;
        record[name] = value;
        places.push({ part, record, name });
        at = this.#place;
        part = '';
      }
    }
    const close = matchAt(CLOSE, line, at);
    const isEmpty = at === from.at;
    return close === null || isEmpty ? null : { at: at + close[0].length, part: part + close[0] };
  }

  #value(text: string, at: number): string | number | undefined {
    return text.charCodeAt(at) === QUOTE ? this.#text(text, at + 1) : this.#number(text, at);
  }

  #text(text: string, from: number): string | undefined {
    let at = from;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      // Not a number past the end, hence no such character either.
      if (!(code >= SPACE) || code === BACKSLASH) return undefined;
      at++;
    }
    this.#place = at + 1;
    return text.slice(from, at);
  }

  /** A number as JSON has it (RFC 8259, section 6), without an exponent. */
  #number(text: string, from: number): number | undefined {
    const isNegative = text.charCodeAt(from) === MINUS;
    const begin = isNegative ? from + 1 : from;
    let at = begin;
    let digits = 0;
    let code = text.charCodeAt(at);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) digits = digits * 10 + (code - ZERO);
    const whole = at - begin;
    if (whole === 0 || (whole > 1 && text.charCodeAt(begin) === ZERO)) return undefined;
    let decimals = 0;
    if (code === DOT) {
      const dot = at;
      code = text.charCodeAt(++at);
      for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) digits = digits * 10 + (code - ZERO);
      decimals = at - dot - 1;
      if (decimals === 0) return undefined;
    }
    if (code === LOWER_E || code === UPPER_E) return undefined;
    this.#place = at;
    if (whole + decimals > EXACT_DIGITS) return Number(text.slice(from, at));
    const size = digits / (POWERS_OF_TEN[decimals] as number);
    return isNegative ? -size : size;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
