/** Least hashes of a text, one for each of so many permutations. */
const HASHES = 64;
/** Bands of four: texts that share half of their 3-grams meet in one of them with a chance of 64 %, 0.8 of them with 99.98 %. */
export const BANDS = 16;
const HASHES_A_BAND = HASHES / BANDS;
const GRAM = 3;
/** Characters of a key that are looked at. */
const MAX_CHARACTERS = 4_000;
/** Four bits of each least hash are kept: b-bit minwise hashing (Li and König 2010). */
export const SKETCH_BYTES = HASHES / 2;
/** The chance that four bits are alike of hashes that differ. */
const BY_CHANCE = 1 / 16;

const MULTIPLIERS = Uint32Array.from({ length: HASHES }, (_, i) => mix(i * 2 + 1) | 1);
const OFFSETS = Uint32Array.from({ length: HASHES }, (_, i) => mix(0x5bd1e995 + i));

/** What of a text is kept to find texts that are nearly the same: MinHash (Broder 1997) of the 3-grams of its key. */
export interface Sketch {
  /** Texts that share one of these are candidates; 32 bits each. */
  readonly bands: Uint32Array;
  /** Four bits of each least hash. */
  readonly bits: Uint8Array;
}

/** `key` as text-key.ts makes it. */
export function sketchOf(key: string): Sketch {
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  const length = Math.min(key.length, MAX_CHARACTERS);
  for (let start = 0; start === 0 || start + GRAM <= length; start++) {
    const gram = hashGram(key, start, Math.min(length, start + GRAM));
    for (let i = 0; i < HASHES; i++) {
      const value = (Math.imul(gram, MULTIPLIERS[i] as number) + (OFFSETS[i] as number)) >>> 0;
      if (value < (least[i] as number)) least[i] = value;
    }
  }
  return { bands: bandsOf(least), bits: bitsOf(least) };
}

/**
 * Share of 3-grams that two texts have in common (Jaccard), estimated from their bits: 0 to 1, at 0.8 with a deviation of 0.05. The bits
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

function bandsOf(least: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: BANDS }, (_, band) => {
    let hash = band;
    for (let i = 0; i < HASHES_A_BAND; i++) hash = mix(hash ^ (least[band * HASHES_A_BAND + i] as number));
    return hash;
  });
}

function bitsOf(least: Uint32Array): Uint8Array {
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
