import { GifReader } from 'omggif';
import { fail, ok, type Result } from '../../core/result.ts';
import type { DecodedImage } from '../../ports/image-decoder.ts';

/** The first picture of a GIF on its screen; what it leaves uncovered is transparent. */
export function decodeGif<T>(
  bytes: Uint8Array,
  read: (image: DecodedImage) => T,
): Result<T, { readonly reason: string }> {
  let image: DecodedImage;
  try {
    // The library's types ask for Node's Buffer, its code for nothing but indices.
    const reader = new GifReader(bytes as ConstructorParameters<typeof GifReader>[0]);
    const samples = new Uint8Array(4 * reader.width * reader.height);
    reader.decodeAndBlitFrameRGBA(0, samples);
    image = { width: reader.width, height: reader.height, layout: 'rgba', samples };
  } catch {
    return fail({ reason: 'its data are damaged' });
  }
  return ok(read(image));
}
