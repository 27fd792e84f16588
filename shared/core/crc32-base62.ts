const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 of ISO-HDLC (polynomial 0xEDB88320, as in RFC 1952 section 8) over the UTF-8 bytes of `text`. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A 32-bit number as six Base62 digits, most significant first (62^6 > 2^32). */
export function base62Six(value: number): string {
  let rest = value;
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = (ALPHABET[rest % 62] as string) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** `length` random Base62 digits from uniformly random bytes; bytes of 248 and more are skipped to avoid modulo bias. */
export function randomBase62(length: number, randomBytes: (count: number) => Uint8Array): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
  }
  return text;
}
