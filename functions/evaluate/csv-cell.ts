const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const MINUS = 0x2d;
/** Digits of which every number is a double without rounding (2^53 has 16). */
const EXACT_DIGITS = 15;
/** Decimals up to which a number below 1 is not shown with an exponent. */
const PLAIN_DECIMALS = 6;
/** Powers of ten are exact up to 10^22 (Clinger 1990, "How to read floating point numbers accurately", PLDI). */
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/**
 * The cell at `from` to `to`: a number where the text is exactly how JavaScript would show that number (`12`, `-0.5`), so that
 * nothing is lost of a label or an id; else the text (`007`, `1.0`, `1e3`). Saves making a text of each figure.
 */
export function readCell(text: string, from: number, to: number): string | number {
  const isNegative = text.charCodeAt(from) === MINUS;
  const begin = isNegative ? from + 1 : from;
  const size = to - begin;
  if (size === 0 || size > EXACT_DIGITS + 1) return text.slice(from, to);
  const first = text.charCodeAt(begin);
  if (first < ZERO || first > NINE) return text.slice(from, to);
  let digits = 0;
  let decimals = -1;
  for (let at = begin; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      digits = digits * 10 + (code - ZERO);
      if (decimals >= 0) decimals++;
    } else if (code === DOT && decimals < 0) decimals = 0;
    else return text.slice(from, to);
  }
  if (!isPlain(text, begin, to, first, size, digits, decimals)) return text.slice(from, to);
  const value = decimals > 0 ? digits / (POWERS_OF_TEN[decimals] as number) : digits;
  return isNegative ? -value : value;
}

function isPlain(
  text: string,
  begin: number,
  to: number,
  first: number,
  size: number,
  digits: number,
  decimals: number,
): boolean {
  if (digits === 0) return size === 1 && begin === to - 1 && text.charCodeAt(begin - 1) !== MINUS;
  if (decimals < 0) return first !== ZERO && size <= EXACT_DIGITS;
  const isShort = first !== ZERO || (text.charCodeAt(begin + 1) === DOT && decimals <= PLAIN_DECIMALS);
  return isShort && decimals > 0 && text.charCodeAt(to - 1) !== ZERO;
}
