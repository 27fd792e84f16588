/** Where the bins of texts' lengths begin, in UTF-16 units. */
export const LENGTH_BINS = [0, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] as const;

/** The bin's place. */
export function lengthBin(length: number): number {
  let bin = 0;
  while (bin + 1 < LENGTH_BINS.length && length >= (LENGTH_BINS[bin + 1] as number)) bin++;
  return bin;
}

/** `10–19`, `5000+`. */
export function binName(bin: number): string {
  const next = LENGTH_BINS[bin + 1];
  return next === undefined ? `${LENGTH_BINS[bin]}+` : `${LENGTH_BINS[bin]}–${next - 1}`;
}
