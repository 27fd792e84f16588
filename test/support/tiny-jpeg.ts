import { join } from './tiny-images.ts';

/** Colour of the block at a place: Y, Cb, Cr from 0 to 255. */
export type BlockColour = (column: number, row: number) => readonly [number, number, number];

/** Lengths and values of the DC table of ITU-T T.81, table K.3. */
const DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_CATEGORIES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** One AC symbol of one bit: the block ends. */
const AC_LENGTHS = [1, ...new Array<number>(15).fill(0)];
const COMPONENTS = 3;
/** With this step the DC coefficient is the block's value less 128. */
const QUANTISATION = 8;

/** A baseline JPEG, 4:4:4, of blocks of one colour each: as large as one likes in one or two bytes a block. */
export function tinyJpeg(width: number, height: number, colourOf: BlockColour): Uint8Array<ArrayBuffer> {
  const frame = [8, height >> 8, height & 255, width >> 8, width & 255, COMPONENTS];
  const scan = [COMPONENTS];
  for (let id = 1; id <= COMPONENTS; id++) {
    frame.push(id, 0x11, 0);
    scan.push(id, 0x00);
  }
  return join([
    [0xff, 0xd8],
    segment(0xdb, [0, ...new Array<number>(64).fill(QUANTISATION)]),
    segment(0xc0, frame),
    segment(0xc4, [0x00, ...DC_LENGTHS, ...DC_CATEGORIES]),
    segment(0xc4, [0x10, ...AC_LENGTHS, 0x00]),
    segment(0xda, [...scan, 0, 63, 0]),
    encodeBlocks(Math.ceil(width / 8), Math.ceil(height / 8), colourOf),
    [0xff, 0xd9],
  ]);
}

function segment(marker: number, data: readonly number[]): number[] {
  const length = data.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...data];
}

function encodeBlocks(columns: number, rows: number, colourOf: BlockColour): number[] {
  const codes = dcCodes();
  const writer = createBitWriter();
  const previous = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      colourOf(column, row).forEach((value, component) => {
        const coefficient = value - 128;
        const difference = coefficient - (previous[component] as number);
        previous[component] = coefficient;
        const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
        const [code, length] = codes[category] as readonly [number, number];
        writer.write(code, length);
        // T.81 F.1.2.1.1: negative differences in ones' complement.
        writer.write(difference < 0 ? difference + 2 ** category - 1 : difference, category);
        writer.write(0, 1);
      });
    }
  }
  return writer.end();
}

/** Codes in order of their lengths (T.81, C.2). */
function dcCodes(): (readonly [code: number, length: number])[] {
  const codes: (readonly [number, number])[] = [];
  let code = 0;
  DC_LENGTHS.forEach((count, at) => {
    for (let i = 0; i < count; i++) codes.push([code++, at + 1]);
    code *= 2;
  });
  return codes;
}

function createBitWriter() {
  const bytes: number[] = [];
  let pending = 0;
  let count = 0;
  const push = (byte: number) => bytes.push(...(byte === 0xff ? [0xff, 0x00] : [byte]));
  const write = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) {
      pending = pending * 2 + ((value >> bit) & 1);
      count++;
      if (count === 8) {
        push(pending);
        pending = 0;
        count = 0;
      }
    }
  };
  return {
    write,
    end(): number[] {
      // Filled up with ones (T.81, F.1.2.3).
      while (count > 0) write(1, 1);
      return bytes;
    },
  };
}
