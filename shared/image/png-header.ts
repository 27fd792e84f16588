import { ok } from '../core/result.ts';
import { readOrientation } from './exif-orientation.ts';
import { textAt } from './image-format.ts';
import { cutShort, damaged, type HeaderResult, type Orientation } from './image-header.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and CRC around a chunk's data. */
const CHUNK_OVERHEAD_BYTES = 12;

/** Walks the chunks (W3C PNG, 5.3) from IHDR to IEND. */
export function readPngHeader(bytes: Uint8Array): HeaderResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let width = 0;
  let height = 0;
  let orientation: Orientation = 1;
  let hasData = false;
  for (let at = SIGNATURE_BYTES; ; ) {
    if (at + CHUNK_OVERHEAD_BYTES > bytes.length) return cutShort();
    const length = view.getUint32(at);
    const type = textAt(bytes, at + 4, 4);
    const next = at + CHUNK_OVERHEAD_BYTES + length;
    if (next > bytes.length) return cutShort();
    if (at === SIGNATURE_BYTES) {
      if (type !== 'IHDR' || length !== 13) return damaged('it does not begin with its header');
      width = view.getUint32(at + 8);
      height = view.getUint32(at + 12);
    }
    if (type === 'eXIf') orientation = readOrientation(bytes.subarray(at + 8, at + 8 + length));
    if (type === 'IDAT') hasData = true;
    if (type === 'IEND') break;
    at = next;
  }
  if (!hasData) return damaged('it has no picture');
  return ok({ format: 'png', width, height, orientation, isCmyk: false, coefficientsPerPixel: 0, isLossless: true });
}
