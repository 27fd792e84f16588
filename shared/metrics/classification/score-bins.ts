import { highWord, MANTISSA_BITS_OF_HIGH_WORD } from '../high-word.ts';

/**
 * A monotone map of all doubles onto `binCount(bits)` bins, of equal width within an octave, 2^bits of them each: octaves from
 * 2^-21 up to 1/2, mirrored above 1/2 (where 1 − score has the octave), so that scores near 0 and near 1 are told apart alike; and
 * octaves of numbers below 0 and above 1, for scores that are no probabilities. What lies beyond goes to the outermost bins.
 * Maps of fewer bits are coarser versions of the same: bin >> 1 is the bin with one bit less.
 */
const INNER_OCTAVES = 20;
const BELOW_OCTAVES = 14;
const ABOVE_OCTAVES = 10;
const OCTAVES = BELOW_OCTAVES + 2 * INNER_OCTAVES + ABOVE_OCTAVES;
/** Biased exponents of a double at which the octaves begin. */
const INNER_FROM = 1023 - 1 - INNER_OCTAVES;
const BELOW_FROM = 1023 - 4;
const ABOVE_FROM = 1023;
export function binCount(bits: number): number {
  return OCTAVES << bits;
}

/** The bin of a finite score: greater scores never have lower bins. */
export function binOf(score: number, bits: number): number {
  if (score < 0) return ((BELOW_OCTAVES << bits) - 1 - octaveBin(-score, BELOW_FROM, BELOW_OCTAVES, bits)) | 0;
  const inner = BELOW_OCTAVES << bits;
  if (score < 0.5) return inner + octaveBin(score, INNER_FROM, INNER_OCTAVES, bits);
  const half = INNER_OCTAVES << bits;
  if (score <= 1) return inner + 2 * half - 1 - octaveBin(1 - score, INNER_FROM, INNER_OCTAVES, bits);
  return inner + 2 * half + octaveBin(score, ABOVE_FROM, ABOVE_OCTAVES, bits);
}

function octaveBin(size: number, fromExponent: number, octaves: number, bits: number): number {
  const bin = (highWord(size) >>> (MANTISSA_BITS_OF_HIGH_WORD - bits)) - (fromExponent << bits);
  return Math.max(0, Math.min(bin, (octaves << bits) - 1));
}
