import { ok } from '../core/result.ts';
import { cutShort, damaged, type HeaderResult } from './image-header.ts';

/** Block introducers of GIF89a (appendix A). */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
/** Signature and logical screen descriptor. */
const SCREEN_BYTES = 13;
const IMAGE_DESCRIPTOR_BYTES = 10;

/** Walks the blocks to the end of the first picture; the ones after it are not looked at. */
export function readGifHeader(bytes: Uint8Array): HeaderResult {
  if (bytes.length < SCREEN_BYTES) return cutShort();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  let at = SCREEN_BYTES + colourTableBytes(bytes[10] as number);
  for (;;) {
    const introducer = bytes[at];
    if (introducer === undefined) return cutShort();
    if (introducer === TRAILER) return damaged('it has no picture');
    if (introducer === EXTENSION) {
      at = endOfSubBlocks(bytes, at + 2);
    } else if (introducer === IMAGE) {
      if (at + IMAGE_DESCRIPTOR_BYTES > bytes.length) return cutShort();
      const isInside =
        view.getUint16(at + 1, true) + view.getUint16(at + 5, true) <= width &&
        view.getUint16(at + 3, true) + view.getUint16(at + 7, true) <= height;
      if (!isInside) return damaged('its first picture is larger than its screen');
      // The byte after the colour table is the code size of the compressed data.
      at = endOfSubBlocks(bytes, at + IMAGE_DESCRIPTOR_BYTES + colourTableBytes(bytes[at + 9] as number) + 1);
      if (at < 0) return cutShort();
      return ok({
        format: 'gif',
        width,
        height,
        orientation: 1,
        isCmyk: false,
        coefficientsPerPixel: 0,
        isLossless: true,
      });
    } else {
      return damaged('it has a block of an unknown kind');
    }
    if (at < 0) return cutShort();
  }
}

/** Bit 7 tells whether there is a table, bits 0 to 2 its size: 3 × 2^(n+1) bytes. */
function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Sub-blocks each begin with their length; a length of 0 ends them. -1 when the file ends before. */
function endOfSubBlocks(bytes: Uint8Array, from: number): number {
  for (let at = from; ; ) {
    const length = bytes[at];
    if (length === undefined) return -1;
    at += 1 + length;
    if (length === 0) return at;
  }
}
