import { incompleteUtf8Bytes } from '../../shared/core/utf8-tail.ts';
import { MAX_ROW_CHARACTERS } from './row-reader.ts';

const BYTE_ORDER_MARK = '\ufeff';
const LINE_FEED = 0x0a;

/**
 * Makes text of UTF-8 that is cut anywhere, without the byte order mark of a file's beginning, in pieces that end with a line where lines are not too long:
 * readers then have nothing to join. What is no UTF-8 becomes U+FFFD.
 */
export function createTextDecoder(isBeginning = true): { decode(bytes: Uint8Array): string; end(): string } {
  // Whole pieces are decoded much faster than a stream of them.
  const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  let tail = new Uint8Array();
  let isFirst = isBeginning;

  const toText = (bytes: Uint8Array) => {
    const text = utf8.decode(bytes);
    if (!isFirst || text === '') return text;
    isFirst = false;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  };

  return {
    decode(bytes) {
      const whole = tail.length === 0 ? bytes : joined(tail, bytes);
      const lineEnd = whole.lastIndexOf(LINE_FEED) + 1;
      const isTooLong = lineEnd === 0 && whole.length > MAX_ROW_CHARACTERS;
      const end = isTooLong ? whole.length - incompleteUtf8Bytes(whole) : lineEnd;
      tail = whole.slice(end);
      return toText(whole.subarray(0, end));
    },
    end: () => toText(tail),
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
