import { normalQuantile } from '../core/distributions.ts';
import type { Interval } from './metric.ts';

/**
 * Score interval of a share at any level (Wilson 1927, JASA 22:209-212). `trials` need not be whole: for weighted rows it is
 * Kish's effective number, (Σw)² / Σw². Both methods of intervals use it for shares, as it holds its level for few rows and for
 * shares near 0 and 1, where the bootstrap does not.
 */
export function shareInterval(share: number, trials: number, level: number): Interval {
  const z = normalQuantile(0.5 + level / 2);
  const zz = z * z;
  const centre = share + zz / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + zz / (4 * trials * trials));
  const scale = 1 + zz / trials;
  // At shares of 0 and 1 the rounding of the root must not leave the share outside.
  return [
    Math.min(share, Math.max(0, (centre - spread) / scale)),
    Math.max(share, Math.min(1, (centre + spread) / scale)),
  ];
}
