/** 0.975 quantile of the standard normal distribution, for two-sided 95 % intervals. */
const Z_95 = 1.959963984540054;

/**
 * 95 % score interval of a share (Wilson 1927, JASA 22:209-212): holds its level for small samples and shares near 0 or 1, where
 * the normal approximation does not. `trials` must be at least 1.
 */
export function wilsonInterval(successes: number, trials: number): [number, number] {
  const share = successes / trials;
  const z2 = Z_95 * Z_95;
  const centre = share + z2 / (2 * trials);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
