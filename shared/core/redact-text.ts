import { passesLuhn } from './luhn.ts';

/** What was taken out of a text. */
export interface Redaction {
  readonly text: string;
  readonly emails: number;
  readonly phones: number;
  readonly cards: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: 'email' | 'phone' | 'card';
}

/** RFC 5321, 4.5.3.1: local part up to 64 characters, domain up to 255; the bounds also keep matching linear. */
const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/gu;
/** Digits in groups with signs between them; letters of scripts without blanks between words may stand beside them. */
const DIGIT_GROUPS = /(?<![A-Za-z0-9_.,/+-])(?:\+|\()?\d(?:[ .()/-]{0,3}\d){6,18}(?![A-Za-z0-9_])/g;
/** ISO/IEC 7812-1: a primary account number has 13 to 19 digits in use. */
const CARD = /^\d{13,19}$/;
/** Ways to write a phone number: international (ITU-T E.164: at most 15 digits), with a trunk 0, North American, Chinese mobile. */
const PHONES = [/^(?:\+|00)[1-9]\d{6,14}$/, /^0[1-9]\d{6,10}$/, /^1[3-9]\d{9}$/];
/** Ten digits are a North American number only where they are grouped as one, else they may be an order's. */
const NORTH_AMERICAN = /^\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$/;
/** Dates and times look like groups of digits too. */
const DATE = /^(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?:\D|$)/;

/** What may be any of these: an at sign, or seven digits close to one another. Most texts have neither. */
const SUSPECT = /[@\uff20]|(?:[0-9\uff10-\uff19][^0-9\uff10-\uff19]{0,3}){7}/;

/**
 * Takes e-mail addresses, phone numbers and payment card numbers (checked by Luhn) out of free text, full-width characters included.
 * Trade-off accepted: patterns, not understanding. A number that is written like a phone number goes, whatever it is; one that is
 * spelled in words stays.
 */
export function redactText(text: string): Redaction {
  if (!SUSPECT.test(text)) return { text, emails: 0, phones: 0, cards: 0 };
  const plain = toHalfWidth(text);
  const spans = findSpans(plain);
  let redacted = '';
  let from = 0;
  for (const span of spans) {
    redacted += `${text.slice(from, span.start)}[${span.kind}]`;
    from = span.end;
  }
  const count = (kind: Span['kind']) => spans.filter((span) => span.kind === kind).length;
  return { text: redacted + text.slice(from), emails: count('email'), phones: count('phone'), cards: count('card') };
}

/** Full-width forms (U+FF01 to U+FF5E) are ASCII shifted; each stays one UTF-16 unit, so that places keep. */
function toHalfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0));
}

/** In order, without overlaps: an address wins over the number within it. */
function findSpans(text: string): Span[] {
  const emails = [...text.matchAll(EMAIL)].map(
    (match): Span => ({ start: match.index, end: match.index + match[0].length, kind: 'email' }),
  );
  const numbers = [...text.matchAll(DIGIT_GROUPS)].flatMap((match): Span[] => {
    const kind = kindOfNumber(match[0]);
    return kind === null ? [] : [{ start: match.index, end: match.index + match[0].length, kind }];
  });
  const free = numbers.filter((number) => !emails.some((mail) => mail.start < number.end && number.start < mail.end));
  return [...emails, ...free].sort((a, b) => a.start - b.start);
}

function kindOfNumber(written: string): 'phone' | 'card' | null {
  const digits = written.replace(/\D/g, '');
  if (CARD.test(digits) && !written.startsWith('+') && passesLuhn(digits)) return 'card';
  if (DATE.test(written)) return null;
  const dialled = written.startsWith('+') ? `+${digits}` : digits;
  if (NORTH_AMERICAN.test(written) || PHONES.some((pattern) => pattern.test(dialled))) return 'phone';
  return null;
}
