import { incompleteUtf8Bytes } from '../../shared/core/utf8-tail.ts';

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Where decoding stopped: enough to go on with the bytes that follow. */
export interface DecodingState {
  /** `ascii` while nothing else came, so that it may still be UTF-8 or Windows-1252. */
  readonly encoding: Encoding | 'ascii';
  /** Bytes of a character that was cut. */
  readonly tail: readonly number[];
  /** Characters that could not be read and became U+FFFD. */
  readonly replaced: number;
}

const REPLACEMENT = '\ufffd';

/** The encoding that a file's first bytes show: by its byte order mark, or by the zeros that ASCII has in UTF-16. */
export function beginDecoding(first: Uint8Array, said?: Encoding): DecodingState {
  return { encoding: said ?? guessFromStart(first), tail: [], replaced: 0 };
}

/**
 * The text of the bytes that come next. What begins as ASCII is taken for UTF-8 as long as it is that, and for Windows-1252 where the
 * first piece that is not ASCII is rather no UTF-8.
 */
export function decodeText(
  state: DecodingState,
  bytes: Uint8Array,
  isEnd: boolean,
): { readonly text: string; readonly state: DecodingState } {
  const whole = state.tail.length === 0 ? bytes : Uint8Array.from([...state.tail, ...bytes]);
  const encoding = state.encoding === 'ascii' ? judge(whole) : state.encoding;
  const cut = isEnd ? 0 : incompleteBytes(whole, encoding);
  const text = new TextDecoder(encoding === 'ascii' ? 'utf-8' : encoding).decode(whole.subarray(0, whole.length - cut));
  const tail = [...whole.subarray(whole.length - cut)];
  return { text, state: { encoding, tail, replaced: state.replaced + countReplaced(text) } };
}

function guessFromStart(first: Uint8Array): DecodingState['encoding'] {
  const [a, b, c, d] = first;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'utf-16le';
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return 'utf-16be';
  return 'ascii';
}

function judge(bytes: Uint8Array): DecodingState['encoding'] {
  if (bytes.every((byte) => byte < 0x80)) return 'ascii';
  const text = new TextDecoder().decode(bytes.subarray(0, bytes.length - incompleteUtf8Bytes(bytes)));
  const bad = countReplaced(text);
  let good = 0;
  for (const sign of text) if (sign > '\u007f' && sign !== REPLACEMENT) good++;
  if (bad > good) return 'windows-1252';
  return good > 0 ? 'utf-8' : 'ascii';
}

function incompleteBytes(bytes: Uint8Array, encoding: DecodingState['encoding']): number {
  if (encoding === 'windows-1252') return 0;
  if (encoding === 'utf-8' || encoding === 'ascii') return incompleteUtf8Bytes(bytes);
  const odd = bytes.length % 2;
  const high = bytes[bytes.length - odd - (encoding === 'utf-16le' ? 1 : 2)];
  // The first half of a pair waits for the second.
  return high !== undefined && high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
}

function countReplaced(text: string): number {
  let places = 0;
  for (let at = text.indexOf(REPLACEMENT); at >= 0; at = text.indexOf(REPLACEMENT, at + 1)) places++;
  return places;
}
