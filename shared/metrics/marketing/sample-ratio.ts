import { chiSquareSurvival } from '../../core/distributions.ts';

/**
 * Below this the division into arms is not what was planned, and no figure of the test can be trusted (Fabijan et al. 2019, KDD).
 */
export const SAMPLE_RATIO_ALARM = 0.001;

/**
 * Pearson's chi-square test that the counts follow the planned shares (any positive numbers; they are divided by their sum). Null
 * for fewer than two arms, no rows, or a planned share that is not above 0.
 */
export function sampleRatioPValue(counts: readonly number[], shares: readonly number[]): number | null {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const parts = shares.reduce((sum, share) => sum + share, 0);
  if (counts.length < 2 || rows === 0 || shares.some((share) => !(share > 0))) return null;
  const statistic = counts.reduce((sum, count, arm) => {
    const expected = ((shares[arm] as number) / parts) * rows;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return chiSquareSurvival(statistic, counts.length - 1);
}
