/** A text as UTF-8. */
export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  // Not every platform's types say that the encoder's memory is never shared.
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}

/** A value as the bytes of a JSON document. */
export function toJsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return toUtf8(JSON.stringify(value));
}

/** The value of a JSON document's bytes; throws `SyntaxError` where it is none. */
export function fromJsonBytes(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
