import type { ImageFormat } from '../ports/image-decoder.ts';
import { readGifHeader } from './gif-header.ts';
import { damaged, type HeaderResult } from './image-header.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { readPngHeader } from './png-header.ts';
import { readWebpHeader } from './webp-header.ts';

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => HeaderResult>> = {
  jpeg: readJpegHeader,
  png: readPngHeader,
  webp: readWebpHeader,
  gif: readGifHeader,
};

/** Walks the file's structure without decoding it: dimensions, orientation, and whether its end is there. */
export function readImageHeader(bytes: Uint8Array, format: ImageFormat): HeaderResult {
  const header = READERS[format](bytes);
  if (!header.ok) return header;
  const { width, height } = header.value;
  return width > 0 && height > 0 ? header : damaged(`it claims ${width} × ${height} pixels`);
}
