import { fail, type Result } from '../core/result.ts';
import type { ImageFormat } from '../ports/image-decoder.ts';

/** EXIF 2.32 tag 0x0112: how the stored rows and columns lie in the picture; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What is known of an image before it is decoded. The whole file was walked: it is not cut short. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels as stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** A JPEG of four components. */
  readonly isCmyk: boolean;
  /** Coefficients of 2 bytes that the decoder keeps for each pixel: a JPEG in several scans needs all of them at once. */
  readonly coefficientsPerPixel: number;
  /** Whether no detail was given up in compression; a lossless WebP takes its decoder twice the memory. */
  readonly isLossless: boolean;
}

/** Why a header can't be read: the file ends too soon, is not what its first bytes say, or is of a kind that is not decoded. */
export type HeaderFailure = { readonly kind: 'damaged' | 'unsupported'; readonly reason: string };

export type HeaderResult = Result<ImageHeader, HeaderFailure>;

export function damaged(reason: string): { readonly ok: false; readonly failure: HeaderFailure } {
  return fail({ kind: 'damaged', reason });
}

export function unsupported(reason: string): { readonly ok: false; readonly failure: HeaderFailure } {
  return fail({ kind: 'unsupported', reason });
}

/** For a file whose structure goes on where its bytes have ended. */
export function cutShort(): { readonly ok: false; readonly failure: HeaderFailure } {
  return damaged('it is cut short: its end is missing');
}
