/** A field of a Protocol Buffers message: where it lies in `bytes`, tag included, and its value. */
export interface WireField {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Of a length-delimited field: where its content begins (it ends at `end`); else -1. */
  readonly contentStart: number;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/**
 * The fields of the message that lies in `bytes` from `start` to `end`, in order (https://protobuf.dev/programming-guides/encoding/).
 * Throws `RangeError` where it is no such message; groups, which ONNX has none of, are not read.
 */
export function* readFields(bytes: Uint8Array, start: number, end: number): Generator<WireField> {
  let at = start;
  while (at < end) {
    const fieldStart = at;
    const tag = readVarint(bytes, at, end);
    at = tag.next;
    let contentStart = -1;
    const wireType = tag.value & 7;
    if (wireType === VARINT) at = readVarint(bytes, at, end).next;
    else if (wireType === FIXED_64) at += 8;
    else if (wireType === FIXED_32) at += 4;
    else if (wireType === LENGTH_DELIMITED) {
      const length = readVarint(bytes, at, end);
      contentStart = length.next;
      at = contentStart + length.value;
    } else throw new RangeError(`wire type ${wireType} at byte ${fieldStart}`);
    if (at > end) throw new RangeError(`a field at byte ${fieldStart} goes over its message`);
    yield { number: Math.floor(tag.value / 8), start: fieldStart, end: at, contentStart };
  }
}

/** A varint below 2^53; larger ones (negative numbers have ten bytes) come out rounded, which only matters to who uses the value. */
function readVarint(bytes: Uint8Array, start: number, end: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < Math.min(end, start + 10); at++) {
    const byte = bytes[at] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, next: at + 1 };
    scale *= 128;
  }
  throw new RangeError(`a varint at byte ${start} does not end`);
}
