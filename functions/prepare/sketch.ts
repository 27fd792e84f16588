/** Least hashes of a text, one for each of so many permutations. */
const HASHES = 64;
const HASHES_A_BAND = 3;
/** Texts that share half of their grams meet in one of the bands with a chance of 93 %, 0.7 of them with 99.98 %. */
export const BANDS = 20;
/** Five letters tell long texts apart, whose groups of three are nearly all the same; three signs say as much where words are short. */
const GRAM = 5;
const GRAM_OF_SIGNS = 3;
/** From here on lie the scripts whose signs are syllables or words. */
const FIRST_SIGN = 0x2e80;
/** Characters of a key that are looked at. */
const MAX_CHARACTERS = 4_000;
/** Four bits of each least hash are kept: b-bit minwise hashing (Li and König 2010). */
export const SKETCH_BYTES = HASHES / 2;
/** The chance that four bits are alike of hashes that differ. */
const BY_CHANCE = 1 / 16;

const MULTIPLIERS = Int32Array.from({ length: HASHES }, (_, i) => mix(i * 2 + 1) | 1);
const OFFSETS = Int32Array.from({ length: HASHES }, (_, i) => mix(0x5bd1e995 + i));

/** What of a text is kept to find texts that are nearly the same: MinHash (Broder 1997) of the grams of its key. */
export interface Sketch {
  /** Texts that share one of these are candidates; 32 bits each. */
  readonly bands: Uint32Array;
  /** Four bits of each least hash. */
  readonly bits: Uint8Array;
}

/** `key` as text-key.ts makes it. */
export function sketchOf(key: string): Sketch {
  // Signed numbers are compared much faster, and their order is as good as any.
  const least = new Int32Array(HASHES).fill(0x7fffffff);
  const length = Math.min(key.length, MAX_CHARACTERS);
  const gramLength = gramLengthOf(key);
  for (let start = 0; start === 0 || start + gramLength <= length; start++) {
    const gram = hashGram(key, start, Math.min(length, start + gramLength));
    for (let i = 0; i < HASHES; i++) {
      const value = (Math.imul(gram, MULTIPLIERS[i] as number) + (OFFSETS[i] as number)) | 0;
      if (value < (least[i] as number)) least[i] = value;
    }
  }
  return { bands: bandsOf(least), bits: bitsOf(least) };
}

/** Characters that are compared together. */
export function gramLengthOf(key: string): number {
  let signs = 0;
  const length = Math.min(key.length, 200);
  for (let i = 0; i < length; i++) if (key.charCodeAt(i) >= FIRST_SIGN) signs++;
  return signs * 2 > length ? GRAM_OF_SIGNS : GRAM;
}

/**
 * Share of grams that two texts have in common (Jaccard), estimated from their bits: 0 to 1, at 0.8 with a deviation of 0.05. The bits
 * of text `a` begin at `a × SKETCH_BYTES`.
 */
export function similarityOf(bits: Uint8Array, a: number, b: number): number {
  let alike = 0;
  for (let i = 0; i < SKETCH_BYTES; i++) {
    const differing = (bits[a * SKETCH_BYTES + i] as number) ^ (bits[b * SKETCH_BYTES + i] as number);
    if ((differing & 0x0f) === 0) alike++;
    if ((differing & 0xf0) === 0) alike++;
  }
  return Math.max(0, (alike / HASHES - BY_CHANCE) / (1 - BY_CHANCE));
}

function bandsOf(least: Int32Array): Uint32Array {
  return Uint32Array.from({ length: BANDS }, (_, band) => {
    let hash = band;
    for (let i = 0; i < HASHES_A_BAND; i++) hash = mix(hash ^ (least[band * HASHES_A_BAND + i] as number));
    return hash;
  });
}

function bitsOf(least: Int32Array): Uint8Array {
  // Of another hash than the least one, whose first bits are 0 and whose last ones follow the grams'.
  const four = (i: number) => Math.imul(least[i] as number, 0x9e3779b1) >>> 28;
  return Uint8Array.from({ length: SKETCH_BYTES }, (_, i) => four(2 * i) | (four(2 * i + 1) << 4));
}

function hashGram(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The finaliser of MurmurHash3 (Appleby). */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
