import type { Failure, Outcome } from '../core/failure.ts';
import { invalidField } from '../core/failure.ts';
import { fail } from '../core/result.ts';
import type { ImageDecoder, ImageFormat } from '../ports/image-decoder.ts';
import { planDecode } from './decode-plan.ts';
import { FORMAT_NAMES, sniffImage } from './image-format.ts';
import type { HeaderFailure, ImageHeader, Orientation } from './image-header.ts';
import { isSideways, orient } from './orient.ts';
import { readImageHeader } from './read-image-header.ts';
import { type RgbImage, toRgb } from './rgb-image.ts';

/** Bytes that one compressed image may have. */
export const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** An image read for a purpose. Its pixels may lie in the decoder's memory: they are not kept beyond that. */
export interface ReadImage {
  readonly format: ImageFormat;
  /** Of the upright picture, in its own full size. */
  readonly width: number;
  readonly height: number;
  /** The EXIF orientation that was applied; 1 when there was nothing to turn. */
  readonly orientation: Orientation;
  /** Upright, RGB; a JPEG may have been decoded at 1/2, 1/4 or 1/8, never below the size asked for unless memory forbids. */
  readonly rgb: RgbImage;
}

export const READABLE = 'JPEG, PNG, WebP and GIF';

/** Size that the caller will scale the picture to: nothing is decoded larger than that needs. */
export interface SmallestSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads an image of any of the known formats: told by its content, checked whole and within limits before it is decoded.
 * `pointer` names the field in failures. Decoding and `use` run in one go, without a turn of the event loop between them:
 * however many requests are under way, one decoded picture is in memory at a time.
 */
export async function readImage<T>(
  decoder: ImageDecoder,
  bytes: Uint8Array,
  smallest: SmallestSize,
  use: (image: ReadImage) => T,
  pointer = 'image',
): Promise<Outcome<T>> {
  const found = readHeader(bytes, pointer);
  if (!found.ok) return found;
  const header = found.value;
  const scale = planDecode(header, bytes.length, smallest);
  if (!scale.ok) return scale;
  const { format, width, height, isCmyk } = header;
  const request = { format, width, height, scale: scale.value, isCmyk };
  const decoded = await decoder.decode(bytes, request, (image) =>
    use({ ...describe(header), rgb: orient(toRgb(image), header.orientation) }),
  );
  return decoded.ok ? decoded : damaged(header.format, decoded.failure.reason, pointer);
}

function describe(header: ImageHeader): Omit<ReadImage, 'rgb'> {
  const { format, orientation } = header;
  const [width, height] = isSideways(orientation) ? [header.height, header.width] : [header.width, header.height];
  return { format, width, height, orientation };
}

function readHeader(bytes: Uint8Array, pointer: string): Outcome<ImageHeader> {
  if (bytes.length === 0) return invalidField(pointer, 'the image has no bytes');
  if (bytes.length > MAX_IMAGE_BYTES) return tooLarge(bytes.length);
  const sniffed = sniffImage(bytes);
  if (!('format' in sniffed)) return fail(notAnImage(sniffed.other));
  const header = readImageHeader(bytes, sniffed.format);
  return header.ok ? header : toOutcome(sniffed.format, header.failure, pointer);
}

/** The refusal of an image by its size in bytes, also where it is known before the image is read. */
export function tooLarge(sizeBytes: number): Outcome<never> {
  const detail = `The image has ${sizeBytes} bytes; the limit is ${MAX_IMAGE_BYTES}.`;
  return fail({ kind: 'too-large', detail, limitBytes: MAX_IMAGE_BYTES });
}

function notAnImage(other: string | null): Failure {
  const what = other === null ? 'The content is not an image that is known here' : `The content is ${other}`;
  return { kind: 'unsupported-media-type', detail: `${what}; ${READABLE} are read.` };
}

function toOutcome(format: ImageFormat, failure: HeaderFailure, pointer: string): Outcome<never> {
  if (failure.kind === 'damaged') return damaged(format, failure.reason, pointer);
  return fail({
    kind: 'unsupported-media-type',
    detail: `This ${FORMAT_NAMES[format]} can't be read: ${failure.reason}.`,
  });
}

function damaged(format: ImageFormat, reason: string, pointer: string): Outcome<never> {
  return invalidField(pointer, `this ${FORMAT_NAMES[format]} can't be decoded: ${reason}`);
}
