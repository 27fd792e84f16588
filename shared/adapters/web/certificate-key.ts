/** An element of DER (ITU-T X.690): its tag, and where it and its content lie. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
/** `[0] EXPLICIT`: the version, which certificates of version 1 have not. */
const VERSION = 0xa0;
/** Before the public key: serial number, signature, issuer, validity, subject. */
const FIELDS_BEFORE_KEY = 5;

/**
 * The SubjectPublicKeyInfo (DER) of the first certificate of a PEM text: RFC 7468, and RFC 5280, 4.1. Nothing else of the certificate is
 * looked at. Throws a `RangeError` or a `SyntaxError` where it is none.
 */
export function publicKeyOf(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  if (base64 === undefined) throw new SyntaxError('there is no certificate');
  const der = Uint8Array.from(atob(base64.replace(/\s/g, '')), (character) => character.charCodeAt(0));
  const certificate = sequenceAt(der, 0);
  const signed = sequenceAt(der, certificate.content);
  let field = elementAt(der, signed.content);
  if (field.tag === VERSION) field = elementAt(der, field.end);
  for (let place = 0; place < FIELDS_BEFORE_KEY; place++) field = elementAt(der, field.end);
  const key = sequenceAt(der, field.start);
  if (key.end > signed.end) throw new RangeError('the certificate ends before its key');
  return der.slice(key.start, key.end);
}

function sequenceAt(der: Uint8Array, start: number): Element {
  const element = elementAt(der, start);
  if (element.tag !== SEQUENCE) throw new SyntaxError(`there is no sequence at byte ${start}`);
  return element;
}

function elementAt(der: Uint8Array, start: number): Element {
  const tag = byteAt(der, start);
  const first = byteAt(der, start + 1);
  // Short form: the length itself. Long form: how many bytes the length has.
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 3) throw new RangeError('a length is not as DER has it');
  let length = lengthBytes === 0 ? first : 0;
  for (let place = 0; place < lengthBytes; place++) length = length * 256 + byteAt(der, start + 2 + place);
  const content = start + 2 + lengthBytes;
  if (content + length > der.length) throw new RangeError('an element is longer than the certificate');
  return { tag, start, content, end: content + length };
}

function byteAt(der: Uint8Array, place: number): number {
  const byte = der[place];
  if (byte === undefined) throw new RangeError('the certificate is cut off');
  return byte;
}
