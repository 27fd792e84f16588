import type { ImageFormat } from '../ports/image-decoder.ts';

/** What a file is, told by its first bytes: a format that is read here, or the name of something else. */
export type Sniffed = { readonly format: ImageFormat } | { readonly other: string | null };

/** As people write them. */
export const FORMAT_NAMES: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
};

/** Magic numbers of the formats read here: JPEG (T.81 B.1.1.3), PNG (W3C PNG 5.2), GIF (89a, 17). */
const FORMATS: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['gif', [...ascii('GIF87a')]],
  ['gif', [...ascii('GIF89a')]],
];

/** What people send instead, so that a refusal can name it. */
const OTHERS: readonly (readonly [string, readonly number[]])[] = [
  ['a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a PDF document', [...ascii('%PDF-')]],
  ['a TIFF image', [0x49, 0x49, 0x2a, 0x00]],
  ['a TIFF image', [0x4d, 0x4d, 0x00, 0x2a]],
  ['a BMP image', [...ascii('BM')]],
  ['gzip data', [0x1f, 0x8b]],
];

/** Brands of the ISO base media file format (ISO/IEC 14496-12, 4.3), at byte 8 after `ftyp`. */
const BRANDS: Readonly<Record<string, string>> = {
  avif: 'an AVIF image',
  avis: 'an AVIF image',
  heic: 'a HEIC image',
  heix: 'a HEIC image',
  mif1: 'a HEIF image',
};

/** Bytes at the start in which `<svg` is looked for. */
const SVG_SEARCH_BYTES = 1024;

/** Names the content by its first bytes; file names and headers are not asked. */
export function sniffImage(bytes: Uint8Array): Sniffed {
  const format = FORMATS.find(([, magic]) => startsWith(bytes, magic))?.[0];
  if (format) return { format };
  // RIFF container with form type WEBP (RFC 9649, 2.4).
  if (startsWith(bytes, ascii('RIFF')) && textAt(bytes, 8, 4) === 'WEBP') return { format: 'webp' };
  return { other: nameOther(bytes) };
}

function nameOther(bytes: Uint8Array): string | null {
  const named = OTHERS.find(([, magic]) => startsWith(bytes, magic))?.[0];
  if (named !== undefined) return named;
  if (textAt(bytes, 4, 4) === 'ftyp') return BRANDS[textAt(bytes, 8, 4)] ?? 'a video or HEIF file';
  const start = textAt(bytes, 0, SVG_SEARCH_BYTES).trimStart();
  if (/<svg[\s>]/i.test(start)) return 'an SVG drawing';
  if (start.startsWith('<')) return 'an HTML or XML document';
  return null;
}

/** Bytes as Latin-1 text; shorter at the end of the file. */
export function textAt(bytes: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (const byte of bytes.subarray(offset, offset + length)) text += String.fromCharCode(byte);
  return text;
}

function startsWith(bytes: Uint8Array, magic: ArrayLike<number>): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic[i]) return false;
  return true;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
