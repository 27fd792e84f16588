const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const HIGH_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Bits of the mantissa in the high word, below 11 of the exponent. */
export const MANTISSA_BITS_OF_HIGH_WORD = 20;

/** Sign, exponent and first 20 bits of the mantissa of a double; of −0 as of 0. Grows with the size of the number. */
export function highWord(value: number): number {
  double[0] = value + 0;
  return words[HIGH_WORD] as number;
}
