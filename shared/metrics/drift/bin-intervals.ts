import { drawMultinomial } from '../../core/draw-binomial.ts';
import { seededRandom } from '../../core/seeded-random.ts';
import { percentileInterval } from '../bootstrap.ts';
import type { IntervalOptions } from '../evaluation.ts';
import type { Interval } from '../metric.ts';
import { jensenShannonDistance, populationStability, stabilityByChance, total } from './distances.ts';
import type { Bins } from './reference-bins.ts';

/** With more bins there is no interval: chance would be most of the index. */
const MOST_BINS = 100;

/** Intervals of how far apart two samples' bins are, from the same draws. */
export interface BinIntervals {
  readonly psi?: Interval;
  readonly jensenShannon?: Interval;
}

/**
 * Intervals of the population stability index and of the Jensen-Shannon distance, resampling both samples' bins. Chance alone makes
 * the index larger, by `stabilityByChance` on average, and a resampled one by twice that, which is taken off the percentiles; of the
 * divergence (the distance's square, in bits) chance makes an eighth of it over ln 2, as both are the same to second order. They hold
 * their level where there is drift, and more than that where there is hardly any. Only by the bootstrap; the same for any order of
 * rows.
 */
export function binIntervals({ reference, current }: Bins, options: IntervalOptions): BinIntervals {
  if (options.method !== 'bootstrap' || reference.length > MOST_BINS) return {};
  const random = seededRandom(options.seed);
  const [n, m] = [total(reference), total(current)];
  const [ofReference, ofCurrent] = [new Float64Array(reference.length), new Float64Array(reference.length)];
  const [indices, divergences]: [number[], number[]] = [[], []];
  for (let draw = 0; draw < options.draws; draw++) {
    drawMultinomial(n, reference, random, ofReference);
    drawMultinomial(m, current, random, ofCurrent);
    indices.push(populationStability(ofReference, ofCurrent));
    divergences.push(jensenShannonDistance(ofReference, ofCurrent) ** 2);
  }
  const byChance = 2 * stabilityByChance(reference, current);
  const psi = lessChance(indices, populationStability(reference, current), byChance, options.level);
  const distance = jensenShannonDistance(reference, current);
  const divergence = lessChance(divergences, distance ** 2, byChance / (8 * Math.LN2), options.level);
  return {
    ...(psi ? { psi } : {}),
    ...(divergence
      ? {
          jensenShannon: [
            Math.min(distance, Math.sqrt(divergence[0])),
            Math.max(distance, Math.min(1, Math.sqrt(divergence[1]))),
          ],
        }
      : {}),
  };
}

function lessChance(drawn: readonly number[], value: number, byChance: number, level: number): Interval | undefined {
  const interval = percentileInterval(drawn, level);
  if (interval === undefined) return undefined;
  return [Math.min(value, Math.max(0, interval[0] - byChance)), Math.max(value, interval[1] - byChance)];
}
