/** Pairs that differ by more than `tolerance`, absolutely and relative to the expected number. A null goes with a null only. */
export function deviationsOf(
  found: readonly (number | null)[],
  expected: readonly (number | null)[],
  tolerance: number,
): { found: number | null | undefined; expected: number | null }[] {
  return expected.flatMap((wanted, index) => {
    const got = found[index];
    const isNear =
      wanted === null || got === null || got === undefined
        ? got === wanted
        : Math.abs(got - wanted) <= tolerance * Math.max(1e-3, Math.abs(wanted));
    return isNear ? [] : [{ found: got, expected: wanted }];
  });
}
