/** A text as it is kept, and what had to be done to it. */
export interface RepairedText {
  readonly text: string;
  /** UTF-8 that somebody read as Windows-1252 was turned back. */
  readonly isRepaired: boolean;
  /** Composed anew (Unicode NFC), or signs that nobody sees were taken out. */
  readonly isNormalised: boolean;
}

/** The signs of Windows-1252 from 0x80 to 0x9f (https://encoding.spec.whatwg.org/index-windows-1252.txt); the five free ones stand for themselves. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const BYTE_OF = new Map([...WINDOWS_1252].map((sign, place) => [sign.charCodeAt(0), 0x80 + place]));
/** Runs of what bytes of UTF-8's longer characters look like in Windows-1252: a first byte and as many more as it says. */
const CONTINUED = `[\\u0080-\\u00bf${WINDOWS_1252}]`;
const MISREAD = new RegExp(
  `(?:[\\u00c2-\\u00df]${CONTINUED}|[\\u00e0-\\u00ef]${CONTINUED}{2}|[\\u00f0-\\u00f4]${CONTINUED}{3})+`,
  'g',
);
/** Controls but line breaks and tabs, and signs without width that only keep equal texts apart; joiners that scripts need stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u2060\ufeff]/g;
/** What most texts are: nothing to do. */
const PLAIN = /^[\t\n\r\u0020-\u007e]*$/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Turns misread UTF-8 back (`Ã©` → `é`) where `isRepairing`, composes the text, takes unseen signs and outer blanks away. */
export function repairText(raw: string, isRepairing = true): RepairedText {
  if (PLAIN.test(raw)) return { text: raw.trim(), isRepaired: false, isNormalised: false };
  const repaired = isRepairing ? raw.replace(MISREAD, readAgain) : raw;
  const text = repaired.normalize('NFC').replace(UNSEEN, '');
  return { text: text.trim(), isRepaired: repaired !== raw, isNormalised: text !== repaired };
}

/** The characters whose bytes a run shows, or the run as it is where they are no UTF-8. */
function readAgain(run: string): string {
  const bytes = Uint8Array.from(run, (sign) => BYTE_OF.get(sign.charCodeAt(0)) ?? sign.charCodeAt(0));
  try {
    return utf8.decode(bytes);
  } catch {
    return run;
  }
}
