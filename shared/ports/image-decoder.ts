import type { Result } from '../core/result.ts';

/** Compressed image formats that can be decoded. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif';

/** A JPEG is decoded at 1/`scale` of its width and height, rounded up; the other formats only at 1. */
export type DecodeScale = 1 | 2 | 4 | 8;

/**
 * 8-bit samples as a decoder leaves them, interleaved, rows from the top without padding. `cmyk-inverted` is Adobe's: 255 is
 * no ink.
 */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly layout: 'rgb' | 'rgba' | 'cmyk-inverted';
  readonly samples: Uint8Array;
}

/** What of an image's header a decoder must be told. */
export interface DecodeRequest {
  readonly format: ImageFormat;
  /** As the header says; memory was planned for this size. */
  readonly width: number;
  readonly height: number;
  readonly scale: DecodeScale;
  /** Whether a JPEG has four components. */
  readonly isCmyk: boolean;
}

/** Turns compressed images into samples. */
export interface ImageDecoder {
  /**
   * Decodes and hands the result to `read`, whose value is returned. The samples may lie in memory that the next decode
   * overwrites: `read` takes what it needs and keeps nothing of them; it is called in the same turn of the event loop as the
   * decoding. Content that can't be decoded is an expected failure, told in words.
   */
  decode<T>(
    bytes: Uint8Array,
    request: DecodeRequest,
    read: (image: DecodedImage) => T,
  ): Promise<Result<T, { readonly reason: string }>>;
  /** Bytes of memory that the decoders hold at this moment beyond the images. */
  heapBytes(): number;
}
