import { ok } from '../core/result.ts';
import { readOrientation } from './exif-orientation.ts';
import { cutShort, damaged, type HeaderResult, type Orientation } from './image-header.ts';
import { HEADER_DATA, type PngChunk, pngChunks } from './png-chunks.ts';

/** Walks the chunks from IHDR to IEND. */
export function readPngHeader(bytes: Uint8Array): HeaderResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation = 1;
  let first: PngChunk | null = null;
  let last = '';
  let hasData = false;
  for (const chunk of pngChunks(bytes)) {
    first ??= chunk;
    if (first.type !== 'IHDR' || first.data.length !== 13) return damaged('it does not begin with its header');
    if (chunk.type === 'eXIf') orientation = readOrientation(chunk.data);
    if (chunk.type === 'IDAT') hasData = true;
    last = chunk.type;
  }
  if (last !== 'IEND') return cutShort();
  if (!hasData) return damaged('it has no picture');
  const width = view.getUint32(HEADER_DATA);
  const height = view.getUint32(HEADER_DATA + 4);
  return ok({ format: 'png', width, height, orientation, isCmyk: false, coefficientsPerPixel: 0, isLossless: true });
}
