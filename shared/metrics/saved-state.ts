import { fromJsonBytes, toJsonBytes } from '../core/json-bytes.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Json, NumberArray, SavedState } from './task.ts';

/**
 * A saved state as bytes, all numbers little-endian (which every platform of this code is, so that arrays are copied as they lie):
 *
 * - 4 bytes: `EMS1`, the last being the format's version
 * - 4 bytes: length of the header, a multiple of 8
 * - the header, JSON filled up with spaces: `{"fields": …, "arrays": [{"name", "type", "length"}, …]}`
 * - the arrays in the header's order, each filled up with zeros to a multiple of 8 bytes
 */
const MAGIC = Uint8Array.from([0x45, 0x4d, 0x53, 0x31]);
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;
const SPACE = 0x20;

type ArrayMaker = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => NumberArray;
const MAKERS: Readonly<Record<string, ArrayMaker & { readonly BYTES_PER_ELEMENT: number }>> = {
  Float64Array,
  Float32Array,
  Uint32Array,
  Uint8Array,
};

interface ArrayHeader {
  readonly name: string;
  readonly type: string;
  readonly length: number;
}

/** Throws `TypeError` where a field holds a number that JSON does not have: a task that saves one has a fault. */
export function encodeSavedState(saved: SavedState): Uint8Array<ArrayBuffer> {
  assertJson(saved.fields);
  const arrays = Object.entries(saved.arrays);
  const header = toJsonBytes({
    fields: saved.fields,
    arrays: arrays.map(([name, array]) => ({ name, type: typeOf(array), length: array.length })),
  });
  const headerBytes = aligned(header.length);
  const bodyBytes = arrays.reduce((sum, [, array]) => sum + aligned(array.byteLength), 0);
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes + bodyBytes);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, headerBytes, true);
  bytes.fill(SPACE, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  bytes.set(header, PREFIX_BYTES);
  let offset = PREFIX_BYTES + headerBytes;
  for (const [, array] of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += aligned(array.byteLength);
  }
  return bytes;
}

/**
 * What `encodeSavedState` was given, or in words why the bytes are none of its. The arrays lie in `bytes` where these are aligned,
 * so that `bytes` must be left alone afterwards.
 */
export function decodeSavedState(bytes: Uint8Array): Result<SavedState, string> {
  if (bytes.length < PREFIX_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    return fail('not a saved state (EMS1)');
  const held = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const headerBytes = new DataView(held.buffer, held.byteOffset).getUint32(MAGIC.length, true);
  const header = readHeader(held.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  if (!header || headerBytes % ALIGNMENT !== 0) return fail('the header of the saved state is damaged');
  const arrays: [string, NumberArray][] = [];
  let offset = PREFIX_BYTES + headerBytes;
  for (const { name, type, length } of header.arrays) {
    const maker = MAKERS[type];
    if (!maker) return fail('the saved state has an array of an unknown type');
    const byteLength = length * maker.BYTES_PER_ELEMENT;
    if (offset + byteLength > held.length) return fail('the saved state is cut short');
    arrays.push([name, new maker(held.buffer, held.byteOffset + offset, length)]);
    offset += aligned(byteLength);
  }
  if (offset !== held.length) return fail('the saved state is longer or shorter than its header says');
  return ok({ fields: header.fields, arrays: Object.fromEntries(arrays) });
}

function readHeader(bytes: Uint8Array): { fields: SavedState['fields']; arrays: readonly ArrayHeader[] } | undefined {
  let header: unknown;
  try {
    header = fromJsonBytes(bytes);
  } catch {
    return undefined;
  }
  if (!isRecord(header) || !isRecord(header['fields'])) return undefined;
  const arrays = header['arrays'];
  if (!Array.isArray(arrays) || !arrays.every(isArrayHeader)) return undefined;
  return { fields: header['fields'] as SavedState['fields'], arrays };
}

function isArrayHeader(value: unknown): value is ArrayHeader {
  if (!isRecord(value)) return false;
  const length = value['length'];
  return (
    typeof value['name'] === 'string' &&
    typeof value['type'] === 'string' &&
    Object.hasOwn(MAKERS, value['type']) &&
    Number.isSafeInteger(length) &&
    (length as number) >= 0
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function assertJson(value: Json): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('a saved field holds a number that JSON lacks');
  if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) assertJson(each as Json);
}

function typeOf(array: NumberArray): string {
  return array.constructor.name;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
