import { sha256Hex } from '../../shared/core/hex.ts';
import { inParallel } from '../../shared/core/in-parallel.ts';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { sniffImage } from '../../shared/image/image-format.ts';
import { readImageHeader } from '../../shared/image/read-image-header.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { CleanRow } from './clean-row.ts';
import type { SourcePart } from './open-upload.ts';
import { listZip, readZipEntry } from './read-zip.ts';
import { repairText } from './repair-text.ts';
import type { ZipEntry } from './zip-directory.ts';

/** Files, and bytes of them, that one step reads. */
const MAX_FILES = 200;
const MAX_BYTES = 32 * 1024 * 1024;
const EXTENSIONS = { jpeg: 'jpg', png: 'png', webp: 'webp', gif: 'gif' } as const;

export interface PictureRow {
  /** Place in the ZIP, from 1: what stands for a line. */
  readonly line: number;
  readonly row: Result<CleanRow, string>;
}

export interface PictureRows {
  readonly rows: readonly PictureRow[];
  readonly next: number;
  readonly isEnd: boolean;
}

/** The pictures of a ZIP that follow the first `from` of its files: the folder that one is in is its label. Throws `BuildError`. */
export async function readPictures(store: BlobStore, parts: readonly SourcePart[], from: number): Promise<PictureRows> {
  const entries = await listZip(store, parts);
  let next = from;
  for (let bytes = 0; next < entries.length && next - from < MAX_FILES && bytes < MAX_BYTES; next++)
    bytes += (entries[next] as ZipEntry).packedBytes;
  const rows = await inParallel(
    entries.slice(from, next),
    async (entry): Promise<Result<CleanRow, string>> => {
      const content = await readZipEntry(store, parts, entry);
      return content.ok ? describePicture(entry.name, content.value) : content;
    },
    3,
  );
  return {
    rows: rows.map((row, place) => ({ line: from + place + 1, row })),
    next,
    isEnd: next >= entries.length,
  };
}

async function describePicture(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Result<CleanRow, string>> {
  const label = repairText(name.split('/').at(-2) ?? '').text;
  const sniffed = sniffImage(bytes);
  if (!('format' in sniffed)) return fail('is no picture (JPEG, PNG, WebP or GIF)');
  if (label === '') return fail('is in no folder, which would be its label');
  const header = readImageHeader(bytes, sniffed.format);
  if (!header.ok) return fail('is a picture that is damaged');
  const sha256 = await sha256Hex(bytes);
  const { width, height } = header.value;
  return ok({
    record: { id: name, image: `images/${sha256}.${EXTENSIONS[sniffed.format]}`, label, width, height },
    label,
    // The first 52 bits of the digest: equal for equal files.
    key: Number.parseInt(sha256.slice(0, 13), 16),
    language: 0,
    length: 0,
    group: Number.NaN,
    time: Number.NaN,
    sketch: null,
    changes: [],
  });
}
