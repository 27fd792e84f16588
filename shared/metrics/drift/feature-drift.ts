import type { IntervalOptions } from '../evaluation.ts';
import { type Interval, type Metric, noMetric } from '../metric.ts';
import { binIntervals } from './bin-intervals.ts';
import {
  type ChiSquareTest,
  chiSquareTest,
  jensenShannonDistance,
  populationStability,
  stabilityByChance,
  total,
} from './distances.ts';
import type { FeatureCounts } from './feature-state.ts';
import { type KolmogorovSmirnovTest, kolmogorovSmirnovTest } from './kolmogorov-smirnov.ts';
import { type Bins, referenceBins } from './reference-bins.ts';

export type Feature = FeatureCounts & { readonly name: string };

/** How one feature's distribution differs between the samples. */
export interface FeatureDrift {
  readonly feature: Feature;
  readonly bins: Bins;
  /** Undefined where a side has no value, so that there is nothing to compare. */
  readonly figures: FeatureFigures | undefined;
}

export interface FeatureFigures {
  readonly psi: number;
  readonly psiByChance: number;
  readonly jensenShannon: number;
  readonly chiSquare: ChiSquareTest;
  /** Of numeric features. */
  readonly ks?: KolmogorovSmirnovTest;
}

export function compareFeature(feature: Feature, bins: number): FeatureDrift {
  const binned = binsOf(feature, bins);
  const { reference, current } = binned;
  if (total(reference) === 0 || total(current) === 0) return { feature, bins: binned, figures: undefined };
  const figures: FeatureFigures = {
    psi: populationStability(reference, current),
    psiByChance: stabilityByChance(reference, current),
    jensenShannon: jensenShannonDistance(reference, current),
    chiSquare: chiSquareTest(reference, current),
    ...(feature.kind === 'numeric' ? { ks: kolmogorovSmirnovTest(feature.counts, feature.isExact) } : {}),
  };
  return { feature, bins: binned, figures };
}

function binsOf(feature: Feature, bins: number): Bins {
  if (feature.kind === 'numeric') return referenceBins(feature.counts, bins);
  const { keys, reference, current } = feature.counts;
  return { labels: keys, reference, current };
}

/** `psi:age`, `jensenShannon:age`, `chiSquare:age`, `chiSquarePValue:age` and of numeric features `ks:age`, `ksPValue:age`. */
export function featureMetrics(
  { feature, bins, figures }: FeatureDrift,
  intervals: IntervalOptions,
): Readonly<Record<string, Metric>> {
  const { name, kind } = feature;
  const names = [
    'psi',
    'jensenShannon',
    'chiSquare',
    'chiSquarePValue',
    ...(kind === 'numeric' ? ['ks', 'ksPValue'] : []),
  ];
  if (figures === undefined) {
    const none = noMetric(
      `${total(bins.reference) === 0 ? 'the reference' : 'the current sample'} has no value of ${name}`,
    );
    return Object.fromEntries(names.map((each) => [`${each}:${name}`, none]));
  }
  const { psi, jensenShannon, chiSquare, ks } = figures;
  const found = binIntervals(bins, intervals);
  return {
    [`psi:${name}`]: withInterval(psi, found.psi),
    [`jensenShannon:${name}`]: withInterval(jensenShannon, found.jensenShannon),
    [`chiSquare:${name}`]: { value: chiSquare.statistic },
    [`chiSquarePValue:${name}`]: { value: chiSquare.pValue },
    ...(ks && {
      [`ks:${name}`]: { value: ks.statistic, ...(ks.errorBound > 0 ? { errorBound: ks.errorBound } : {}) },
      [`ksPValue:${name}`]: { value: ks.pValue },
    }),
  };
}

function withInterval(value: number, interval: Interval | undefined): Metric {
  return interval === undefined ? { value } : { value, interval, intervalMethod: 'bootstrap' };
}
