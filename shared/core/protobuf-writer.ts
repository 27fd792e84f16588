/**
 * Just enough of the Protocol Buffers wire format (https://protobuf.dev/programming-guides/encoding/) to write ONNX files: varint
 * and length-delimited fields.
 */
export type Field = readonly [number: number, value: number | string | Uint8Array];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A message from its fields in order: numbers (whole, ≥ 0) become varints, texts UTF-8, bytes (nested messages too) stay. */
export function message(...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  return concat(fields.flatMap(([number, value]) => encodeField(number, value)));
}

function encodeField(number: number, value: number | string | Uint8Array): Uint8Array[] {
  if (typeof value === 'number') return [varint((number << 3) | VARINT), varint(value)];
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes];
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** The bytes one after the other: messages whose fields are put together may be joined as they are. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
