/** Bytes drawn at a time. */
const POOL_BYTES = 1_024;

/**
 * The same source of randomness, asked in larger pieces: a call of the platform takes microseconds whatever it is asked for. No byte
 * is given out twice.
 */
export function poolRandom(randomBytes: (count: number) => Uint8Array): (count: number) => Uint8Array {
  let pool: Uint8Array = new Uint8Array();
  return (count) => {
    if (count > POOL_BYTES) return randomBytes(count);
    if (count > pool.length) pool = randomBytes(POOL_BYTES);
    const given = pool.subarray(0, count);
    pool = pool.subarray(count);
    return given;
  };
}
