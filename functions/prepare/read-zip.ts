import { fail, ok, type Result } from '../../shared/core/result.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { BuildError } from './build-error.ts';
import type { SourcePart } from './open-upload.ts';
import { findDirectory, MAX_END_BYTES, readDirectory, type ZipEntry } from './zip-directory.ts';

/** Bytes of a central directory: its names fit the memory. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;
/** A picture may have so many bytes, as for tagging; a ZIP that claims or unpacks to more stops there. */
export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const LOCAL_HEADER_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
/** Extra fields differ between the directory and the local header; most are shorter. */
const EXTRA_BYTES = 256;

/** All files of a ZIP that may be pictures, in the order of its directory. Throws `BuildError`. */
export async function listZip(store: BlobStore, parts: readonly SourcePart[]): Promise<readonly ZipEntry[]> {
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const tailBytes = Math.min(sizeBytes, MAX_END_BYTES);
  const place = findDirectory(await readAt(store, parts, sizeBytes - tailBytes, tailBytes));
  if (!place.ok) throw new BuildError(`The file ${place.failure}.`);
  if (place.value.sizeBytes > MAX_DIRECTORY_BYTES) throw new BuildError('The ZIP lists too many files. Divide it.');
  const entries = readDirectory(await readAt(store, parts, place.value.offset, place.value.sizeBytes));
  if (!entries.ok) throw new BuildError(`The file ${entries.failure}.`);
  // Of two files of one name the last is meant.
  const distinct = [...new Map(entries.value.map((entry) => [entry.name, entry])).values()];
  return distinct.filter(({ name }) => !name.endsWith('/') && !/(?:^|\/)(?:__MACOSX\/|\.)/.test(name));
}

/** An entry's content, or why it can't be read. It is never larger than a picture may be, whatever the ZIP says. */
export async function readZipEntry(
  store: BlobStore,
  parts: readonly SourcePart[],
  { name, method, packedBytes, sizeBytes, offset, isEncrypted }: ZipEntry,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  if (isEncrypted) return fail('is encrypted');
  if (method !== 0 && method !== 8) return fail('is compressed in a way that is not read');
  if (sizeBytes > MAX_PICTURE_BYTES || packedBytes > MAX_PICTURE_BYTES) return fail('is larger than 10 MiB');
  const guessed = LOCAL_HEADER_BYTES + name.length * 3 + EXTRA_BYTES + packedBytes;
  const bytes = await readAt(store, parts, offset, guessed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LOCAL_HEADER_BYTES || view.getUint32(0, true) !== LOCAL_SIGNATURE) return fail('is damaged');
  const begin = LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const packed =
    begin + packedBytes <= bytes.length
      ? bytes.slice(begin, begin + packedBytes)
      : await readAt(store, parts, offset + begin, packedBytes);
  if (packed.length < packedBytes) return fail('is damaged');
  return method === 0 ? ok(packed) : inflate(packed);
}

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      sizeBytes += next.value.length;
      if (sizeBytes > MAX_PICTURE_BYTES) return fail('is larger than 10 MiB');
      chunks.push(next.value);
    }
  } catch {
    return fail('is damaged');
  } finally {
    await reader.cancel().catch(() => {});
  }
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return ok(bytes);
}

/** Bytes of the file that the parts make, as far as it goes. */
async function readAt(
  store: BlobStore,
  parts: readonly SourcePart[],
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let begin = 0;
  let filled = 0;
  for (const { key, etag, sizeBytes } of parts) {
    const from = Math.max(0, offset + filled - begin);
    begin += sizeBytes;
    if (from >= sizeBytes) continue;
    const found = await store.get(key, { offset: from, length: Math.min(length - filled, sizeBytes - from) });
    if (found.kind === 'missing') throw new BuildError('The upload is gone since the build began. Send it again.');
    const piece = await found.bytes();
    if (found.etag !== etag) throw new BuildError('The upload was changed since the build began. Ask again.');
    bytes.set(piece, filled);
    filled += piece.length;
    if (filled === length) break;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}
