/** Mean of luma from 0 to 255 as a share: 0 is black, 1 is white. */
export function brightness(luma: Uint8Array): number {
  let sum = 0;
  for (const value of luma) sum += value;
  return luma.length === 0 ? 0 : sum / luma.length / 255;
}

/**
 * Variance of the Laplacian (4 times a pixel less its four neighbours) over the pixels that have all neighbours: low where
 * edges are soft. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000. In squared steps of luma,
 * 0 upwards; comparable only between pictures brought to the same size.
 */
export function sharpness(luma: Uint8Array, width: number): number {
  const height = luma.length / width;
  let sum = 0;
  let sumOfSquares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const around =
        (luma[at - 1] as number) +
        (luma[at + 1] as number) +
        (luma[at - width] as number) +
        (luma[at + width] as number);
      const laplacian = 4 * (luma[at] as number) - around;
      sum += laplacian;
      sumOfSquares += laplacian * laplacian;
    }
  }
  const count = Math.max(0, width - 2) * Math.max(0, height - 2);
  return count === 0 ? 0 : sumOfSquares / count - (sum / count) ** 2;
}
