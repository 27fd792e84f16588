import { drawMultinomial } from '../../core/draw-binomial.ts';
import { seededRandom } from '../../core/seeded-random.ts';
import { percentileInterval } from '../bootstrap.ts';
import type { IntervalOptions } from '../evaluation.ts';
import type { Interval } from '../metric.ts';
import { populationStability, stabilityByChance, total } from './distances.ts';
import type { Bins } from './reference-bins.ts';

/** With more bins there is no interval: chance would be most of the index. */
const MOST_BINS = 100;

/**
 * Interval of the population stability index, resampling both samples' bins. Chance alone makes an index larger, by
 * `stabilityByChance` on average, and a resampled one by twice that, which is taken off the percentiles. It holds its level where
 * there is drift, and more than that where there is hardly any. Only by the bootstrap; the same for any order of rows.
 */
export function stabilityInterval({ reference, current }: Bins, options: IntervalOptions): Interval | undefined {
  if (options.method !== 'bootstrap' || reference.length > MOST_BINS) return undefined;
  const random = seededRandom(options.seed);
  const [n, m] = [total(reference), total(current)];
  const [ofReference, ofCurrent] = [new Float64Array(reference.length), new Float64Array(reference.length)];
  const drawn = Array.from({ length: options.draws }, () =>
    populationStability(
      drawMultinomial(n, reference, random, ofReference),
      drawMultinomial(m, current, random, ofCurrent),
    ),
  );
  const interval = percentileInterval(drawn, options.level);
  if (interval === undefined) return undefined;
  const [index, byChance] = [populationStability(reference, current), 2 * stabilityByChance(reference, current)];
  return [Math.min(index, Math.max(0, interval[0] - byChance)), Math.max(index, interval[1] - byChance)];
}
