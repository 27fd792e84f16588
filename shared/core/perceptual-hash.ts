/** Side of the picture that is hashed, and of the block of low frequencies that is kept. */
export const HASH_SIZE = 32;
const KEPT = 8;

/** Sums below this are rounding errors: a flat picture has no frequency but the lowest. */
const PRECISION = 1e-6;

/** cos(π (2x + 1) u / 64) for frequency u and place x. */
const COSINES = Float64Array.from({ length: KEPT * HASH_SIZE }, (_, i) => {
  const frequency = Math.floor(i / HASH_SIZE);
  return Math.cos((Math.PI * (2 * (i % HASH_SIZE) + 1) * frequency) / (2 * HASH_SIZE));
});

/**
 * 64-bit hash of a luma picture of 32 × 32: a bit for each of the 8 × 8 lowest frequencies of its cosine transform (DCT-II),
 * set where it is over their median; 16 hexadecimal digits, rows from the top. Alike pictures differ in few bits (Hamming
 * distance). The same construction as `phash` of Python's imagehash (Zauner, "Implementation and benchmarking of perceptual
 * image hash functions", 2010).
 */
export function perceptualHash(luma: Uint8Array): string {
  const frequencies = lowFrequencies(luma);
  const middle = median(frequencies);
  let digits = '';
  for (let at = 0; at < frequencies.length; at += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) digit = digit * 2 + ((frequencies[at + bit] as number) > middle ? 1 : 0);
    digits += digit.toString(16);
  }
  return digits;
}

/** The 8 × 8 corner of the unnormalised two-dimensional DCT-II, vertical frequency by rows. */
function lowFrequencies(luma: Uint8Array): Float64Array {
  const byRow = new Float64Array(HASH_SIZE * KEPT);
  for (let y = 0; y < HASH_SIZE; y++) {
    for (let u = 0; u < KEPT; u++) {
      let sum = 0;
      for (let x = 0; x < HASH_SIZE; x++)
        sum += (luma[y * HASH_SIZE + x] as number) * (COSINES[u * HASH_SIZE + x] as number);
      byRow[y * KEPT + u] = sum;
    }
  }
  const corner = new Float64Array(KEPT * KEPT);
  for (let v = 0; v < KEPT; v++) {
    for (let u = 0; u < KEPT; u++) {
      let sum = 0;
      for (let y = 0; y < HASH_SIZE; y++)
        sum += (byRow[y * KEPT + u] as number) * (COSINES[v * HASH_SIZE + y] as number);
      corner[v * KEPT + u] = Math.abs(sum) < PRECISION ? 0 : sum;
    }
  }
  return corner;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length / 2;
  return ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
