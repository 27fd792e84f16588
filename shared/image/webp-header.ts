import { ok } from '../core/result.ts';
import { readOrientation } from './exif-orientation.ts';
import { textAt } from './image-format.ts';
import { cutShort, damaged, type HeaderResult, type Orientation, unsupported } from './image-header.ts';

/** `RIFF`, size, `WEBP`. */
const FILE_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const EXIF = 'Exif\0\0';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Walks the chunks of the RIFF container (RFC 9649, 2.3 to 2.7). The canvas of a still picture has the size of its bitstream. */
export function readWebpHeader(bytes: Uint8Array): HeaderResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEADER_BYTES) return cutShort();
  // The size counts from byte 8 on.
  const end = view.getUint32(4, true) + CHUNK_HEADER_BYTES;
  if (end > bytes.length) return cutShort();
  let size: Size | null = null;
  let canvas: Size | null = null;
  let orientation: Orientation = 1;
  let bitstream = '';
  for (let at = FILE_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= end; ) {
    const type = textAt(bytes, at, 4);
    const length = view.getUint32(at + 4, true);
    const data = at + CHUNK_HEADER_BYTES;
    if (data + length > end) return cutShort();
    if (type === 'ANIM' || type === 'ANMF') return unsupported('animated WebP is not read; send a still picture');
    if (type === 'VP8 ' || type === 'VP8L') bitstream = type;
    if (type === 'EXIF') orientation = readOrientation(withoutPrefix(bytes.subarray(data, data + length)));
    if (type === 'VP8X') canvas ??= readSize(view, type, data, length);
    else size ??= readSize(view, type, data, length);
    // Chunks are padded to an even length.
    at = data + length + (length & 1);
  }
  if (!size || bitstream === '') return damaged('it has no picture');
  if (canvas && (canvas.width !== size.width || canvas.height !== size.height)) {
    return damaged('its canvas has another size than its picture');
  }
  return ok({
    format: 'webp',
    ...size,
    orientation,
    isCmyk: false,
    coefficientsPerPixel: 0,
    isLossless: bitstream === 'VP8L',
  });
}

/**
 * Width and height where the chunk tells them: 24 bits less one in VP8X, 14 bits in VP8 (RFC 6386, 9.1), 14 bits less one in
 * VP8L.
 */
function readSize(view: DataView, type: string, at: number, length: number): Size | null {
  if (type === 'VP8X' && length >= 10) {
    return { width: uint24(view, at + 4) + 1, height: uint24(view, at + 7) + 1 };
  }
  if (type === 'VP8 ' && length >= 10) {
    return { width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff };
  }
  if (type === 'VP8L' && length >= 5) {
    const bits = view.getUint32(at + 1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return null;
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** Some writers keep JPEG's prefix before the TIFF structure. */
function withoutPrefix(exif: Uint8Array): Uint8Array {
  return textAt(exif, 0, EXIF.length) === EXIF ? exif.subarray(EXIF.length) : exif;
}
