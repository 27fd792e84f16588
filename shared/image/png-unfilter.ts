/**
 * Undoes a row's filter in place (W3C PNG, 9.2). `above` is the row before it without its filter, zeros for the first; `step`
 * the bytes of a whole pixel, at least 1. False for a filter type that there is not.
 */
export function unfilterRow(type: number, row: Uint8Array, above: Uint8Array, step: number): boolean {
  switch (type) {
    case 0:
      return true;
    case 1:
      for (let i = step; i < row.length; i++) row[i] = (row[i] as number) + (row[i - step] as number);
      return true;
    case 2:
      for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) + (above[i] as number);
      return true;
    case 3:
      for (let i = 0; i < row.length; i++) {
        const left = i < step ? 0 : (row[i - step] as number);
        row[i] = (row[i] as number) + ((left + (above[i] as number)) >> 1);
      }
      return true;
    case 4:
      unfilterPaeth(row, above, step);
      return true;
    default:
      return false;
  }
}

/** The neighbour (left, above, above left) that is nearest to left + above − above left; ties in this order. */
function unfilterPaeth(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : (row[i - step] as number);
    const corner = i < step ? 0 : (above[i - step] as number);
    const up = above[i] as number;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - 2 * corner);
    const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    row[i] = (row[i] as number) + nearest;
  }
}
