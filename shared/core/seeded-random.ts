/** A source of numbers that a seed decides wholly. */
export interface SeededRandom {
  /** Uniform over the 2^32 multiples of 2^-32 in [0, 1). */
  next(): number;
  /** Uniform over the whole numbers from 0 up to but not including `bound` (1 to 2^32), without bias worth naming (2^-32). */
  below(bound: number): number;
  /** Standard normal. */
  normal(): number;
}

/** The generator sfc32 (Doty-Humphrey, PractRand), its state filled from `seed` by the finaliser of MurmurHash3 (Appleby). */
export function seededRandom(seed: number): SeededRandom {
  let [a, b, c] = [mix(seed), mix(seed + 0x9e3779b9), mix(Math.floor(seed / 2 ** 32) + 0x3c6ef372)];
  let counter = 1;
  const nextUint32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The author's advice: the first outputs still show the seed.
  for (let i = 0; i < 12; i++) nextUint32();
  const next = () => nextUint32() / 2 ** 32;
  return { next, below: (bound) => Math.floor(next() * bound), normal: () => boxMuller(next) };
}

/** Box and Muller (1958): one of the two normal numbers, as keeping the other would be state. */
function boxMuller(next: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - next()));
  return radius * Math.cos(2 * Math.PI * next());
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
