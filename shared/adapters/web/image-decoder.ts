import { ok } from '../../core/result.ts';
import { decodePng } from '../../image/png-decode.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { decodeGif } from './gif-decoder.ts';
import { inflate } from './inflate.ts';
import { createJpegDecoder } from './jpeg-decoder.ts';
import { createWebpDecoder } from './webp-decoder.ts';

/**
 * Heaps of all instances together that are kept between images: more than both begin with, less than a large picture leaves
 * behind.
 */
const KEPT_BYTES = 24 * 1024 * 1024;

/** Compiled modules: workerd imports them, Node compiles them from the packages' files. */
export interface DecoderModules {
  readonly jpeg: WebAssembly.Module;
  readonly webp: WebAssembly.Module;
}

/** All formats behind the one port. An instance of WebAssembly is made at the first image of its format. */
export function createImageDecoder(modules: DecoderModules): ImageDecoder {
  const jpeg = createJpegDecoder(modules.jpeg);
  const webp = createWebpDecoder(modules.webp);
  const heapBytes = () => jpeg.heapBytes() + webp.heapBytes();
  return {
    async decode(bytes, request, read) {
      if (heapBytes() > KEPT_BYTES) (request.format === 'jpeg' ? webp : jpeg).release();
      switch (request.format) {
        case 'jpeg':
          return jpeg.decode(bytes, request, read);
        case 'webp':
          return webp.decode(bytes, read);
        case 'gif':
          return decodeGif(bytes, read);
        case 'png': {
          const decoded = decodePng(bytes, inflate);
          if (!decoded.ok) return decoded;
          const { width, height, pixels } = decoded.value;
          return ok(read({ width, height, layout: 'rgb', samples: pixels }));
        }
      }
    },
    heapBytes,
  };
}
