import { zlibSync } from 'fflate';
import { GifWriter } from 'omggif';

/** Colour of the pixel at a place, channels 0 to 255. */
export type Paint = (x: number, y: number) => readonly [red: number, green: number, blue: number];

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  /** W3C PNG, table 11.1. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  /** Samples of a pixel in the depth's own range: grey, index, RGB, with alpha last where there is one. */
  readonly samples: (x: number, y: number) => readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** Filter type of every row. @default 0 */
  readonly filter?: 0 | 1 | 2 | 3 | 4;
  readonly isInterlaced?: boolean;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Adam7: first column, first row, steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A PNG of any kind that there is. */
export function tinyPng(options: PngOptions): Uint8Array<ArrayBuffer> {
  const { width, height, bitDepth, colourType, palette, transparency } = options;
  const header = [...uint32(width), ...uint32(height), bitDepth, colourType, 0, 0, options.isInterlaced ? 1 : 0];
  return join([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    ...(palette ? [pngChunk('PLTE', palette)] : []),
    ...(transparency ? [pngChunk('tRNS', transparency)] : []),
    pngChunk('IDAT', zlibSync(Uint8Array.from(pngRows(options)))),
    pngChunk('IEND', []),
  ]);
}

/** An RGB PNG of 8 bits. */
export function paintPng(width: number, height: number, paint: Paint): Uint8Array<ArrayBuffer> {
  return tinyPng({ width, height, bitDepth: 8, colourType: 2, samples: paint });
}

/** One chunk with its CRC, whatever is in it. */
export function pngChunk(type: string, data: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const content = Uint8Array.from([...ascii(type), ...Array.from(data)]);
  return join([uint32(data.length), content, uint32(crc32(content))]);
}

/** A PNG whose header claims a size that its data do not have. */
export function lyingPng(width: number, height: number): Uint8Array<ArrayBuffer> {
  return join([
    PNG_SIGNATURE,
    pngChunk('IHDR', [...uint32(width), ...uint32(height), 8, 2, 0, 0, 0]),
    pngChunk('IDAT', zlibSync(new Uint8Array(100))),
    pngChunk('IEND', []),
  ]);
}

/** A PNG of a few pixels whose data inflate to `inflatedBytes` of zeros. */
export function bombPng(inflatedBytes: number): Uint8Array<ArrayBuffer> {
  return join([
    PNG_SIGNATURE,
    pngChunk('IHDR', [...uint32(4), ...uint32(4), 8, 2, 0, 0, 0]),
    pngChunk('IDAT', zlibSync(new Uint8Array(inflatedBytes), { level: 9 })),
    pngChunk('IEND', []),
  ]);
}

function pngRows(options: PngOptions): number[] {
  const passes = options.isInterlaced ? PASSES : [[0, 0, 1, 1] as const];
  return passes.flatMap(([column, row, columnStep, rowStep]) => {
    const bytes: number[] = [];
    let above: number[] | null = null;
    for (let y = row; y < options.height && column < options.width; y += rowStep) {
      const samples: number[] = [];
      for (let x = column; x < options.width; x += columnStep) samples.push(...options.samples(x, y));
      const packed = packSamples(samples, options.bitDepth);
      bytes.push(options.filter ?? 0, ...filterRow(packed, above, pixelBytes(options), options.filter ?? 0));
      above = packed;
    }
    return bytes;
  });
}

function pixelBytes({ bitDepth, colourType }: PngOptions): number {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType];
  return Math.max(1, (channels * bitDepth) / 8);
}

function packSamples(samples: readonly number[], bitDepth: number): number[] {
  if (bitDepth === 16) return samples.flatMap((sample) => [sample >> 8, sample & 255]);
  const perByte = 8 / bitDepth;
  const bytes = new Array<number>(Math.ceil(samples.length / perByte)).fill(0);
  samples.forEach((sample, i) => {
    const at = Math.floor(i / perByte);
    bytes[at] = (bytes[at] ?? 0) | (sample << (8 - bitDepth * ((i % perByte) + 1)));
  });
  return bytes;
}

/** W3C PNG, 9.2. */
function filterRow(row: readonly number[], above: readonly number[] | null, step: number, filter: number): number[] {
  return row.map((value, i) => {
    const left = row[i - step] ?? 0;
    const up = above?.[i] ?? 0;
    const corner = above?.[i - step] ?? 0;
    const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] as number;
    return (value - predicted) & 255;
  });
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(guess - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** A GIF of the given pictures; palette entries are `0xrrggbb`, a power of two of them. */
export function tinyGif(
  width: number,
  height: number,
  palette: readonly number[],
  frames: readonly (readonly number[])[],
  transparent?: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1024 + 4 * width * height * frames.length);
  const writer = new GifWriter(bytes as unknown as ConstructorParameters<typeof GifWriter>[0], width, height, {
    palette: [...palette],
  });
  for (const frame of frames) {
    writer.addFrame(0, 0, width, height, [...frame], transparent === undefined ? {} : { transparent });
  }
  return bytes.slice(0, writer.end());
}

export function join(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** W3C PNG, annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
