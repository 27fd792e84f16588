/**
 * Adjusted p-values of several comparisons, so that the chance of any false finding stays at the level (Holm 1979, Scandinavian
 * Journal of Statistics 6:65-70). Nulls stay null and do not count.
 */
export function holmAdjusted(pValues: readonly (number | null)[]): (number | null)[] {
  const ascending = pValues
    .flatMap((pValue, index) => (pValue === null ? [] : [{ pValue, index }]))
    .sort((a, b) => a.pValue - b.pValue);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let highest = 0;
  ascending.forEach(({ pValue, index }, rank) => {
    highest = Math.max(highest, Math.min(1, pValue * (ascending.length - rank)));
    adjusted[index] = highest;
  });
  return adjusted;
}
