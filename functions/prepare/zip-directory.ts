import { fail, ok, type Result } from '../../shared/core/result.ts';

/** A file in a ZIP, as its central directory says (APPNOTE 6.3.10, 4.3.12). */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** Where its local header begins. */
  readonly offset: number;
  readonly isEncrypted: boolean;
}

/** Where the central directory is. */
export interface ZipDirectoryPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly entries: number;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
/** The end record and the longest comment behind it. */
export const MAX_END_BYTES = END_BYTES + 0xffff;
/** Values that say that the true one is in a ZIP64 record. */
const ZIP64_COUNT = 0xffff;
const ZIP64_SIZE = 0xffffffff;
const ENCRYPTED = 1;
const IS_UTF8 = 0x0800;

/** Reads the end record from the last bytes of a file (4.3.16). */
export function findDirectory(tail: Uint8Array): Result<ZipDirectoryPlace, string> {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    const entries = view.getUint16(at + 10, true);
    const sizeBytes = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    if (entries === ZIP64_COUNT || offset === ZIP64_SIZE || sizeBytes === ZIP64_SIZE)
      return fail('is a ZIP64, of more than 65,534 files or 4 GB: divide it');
    return ok({ offset, sizeBytes, entries });
  }
  return fail('is no whole ZIP: its end is missing');
}

/** The entries that a central directory lists; names that are no UTF-8 are read as Latin-1. */
export function readDirectory(bytes: Uint8Array): Result<readonly ZipEntry[], string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ZipEntry[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; ) {
    if (view.getUint32(at, true) !== ENTRY_SIGNATURE) return fail('has a central directory that is damaged');
    const flags = view.getUint16(at + 8, true);
    const nameBytes = view.getUint16(at + 28, true);
    const next = at + ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > bytes.length) return fail('has a central directory that is damaged');
    const name = bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    entries.push({
      name: decodeName(name, (flags & IS_UTF8) !== 0),
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      sizeBytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
      isEncrypted: (flags & ENCRYPTED) !== 0,
    });
    at = next;
  }
  return ok(entries);
}

function decodeName(bytes: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: !isUtf8, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
