import { textAt } from './image-format.ts';

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data, and its checksum after them. */
const BEFORE_DATA_BYTES = 8;
const CHUNK_OVERHEAD_BYTES = 12;

/** Where the data of the first chunk begin, which has to be IHDR. */
export const HEADER_DATA = SIGNATURE_BYTES + BEFORE_DATA_BYTES;

export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The chunks of a PNG (W3C PNG, 5.3) up to IEND, that one included; without it where the file is cut short. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE_BYTES; at + CHUNK_OVERHEAD_BYTES <= bytes.length; ) {
    const start = at + BEFORE_DATA_BYTES;
    const length = view.getUint32(at);
    if (at + CHUNK_OVERHEAD_BYTES + length > bytes.length) return;
    const type = textAt(bytes, at + 4, 4);
    yield { type, data: bytes.subarray(start, start + length) as Uint8Array<ArrayBuffer> };
    if (type === 'IEND') return;
    at += CHUNK_OVERHEAD_BYTES + length;
  }
}
