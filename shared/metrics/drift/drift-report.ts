import type { Curve, Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import { type Metric, noMetric } from '../metric.ts';
import { total } from './distances.ts';
import {
  compareFeature,
  type Feature,
  type FeatureDrift,
  type FeatureFigures,
  featureMetrics,
} from './feature-drift.ts';
import { type DriftSettings, MAX_FEATURES } from './settings.ts';

export interface DriftFigures {
  readonly settings: DriftSettings;
  readonly rows: readonly [reference: number, current: number];
  readonly features: readonly Feature[];
  /** Whether there were more features than are kept. */
  readonly isIncomplete: boolean;
}

/** A feature with its figures, those of the greatest index first. */
type Compared = FeatureDrift & { readonly figures: FeatureFigures };

/** Features whose bins are told. */
const TOLD_FEATURES = 5;
const TOLD_BINS = 20;
const LEAST_EXPECTED = 5;
const CURVE_POINTS = 100;
/** Error bound of a distance from which on it is said in a warning, besides at the figure. */
const ROUGH = 0.01;

/**
 * How two samples differ, feature by feature: a feature has drifted where its population stability index reaches the threshold. The
 * p-values are of single tests: of twenty features that have not drifted, one is below 0.05. With many rows they are small for
 * differences that don't matter, which is why the index decides.
 */
export function reportDrift(
  { settings, rows, features, isIncomplete }: DriftFigures,
  intervals: IntervalOptions,
): Evaluation {
  const drifts = features.map((feature) => compareFeature(feature, settings.bins));
  const compared = drifts.filter((each): each is Compared => each.figures !== undefined);
  compared.sort((a, b) => b.figures.psi - a.figures.psi);
  const drifted = compared.filter(({ figures }) => figures.psi >= settings.psiThreshold);
  const metrics: Record<string, Metric> = {
    referenceCount: { value: rows[0] },
    currentCount: { value: rows[1] },
    ...overall(compared, drifted),
  };
  for (const drift of drifts) Object.assign(metrics, featureMetrics(drift, intervals));
  const curve = distributionCurve(compared);
  return {
    metrics,
    summary: summaryOf(compared, drifted, settings),
    tables: { features: featuresTable(drifts, settings), bins: binsTable(compared) },
    ...(curve ? { curves: { distribution: curve } } : {}),
    warnings: warningsOf(drifts, settings, isIncomplete),
  };
}

function overall(compared: readonly Compared[], drifted: readonly Compared[]): Readonly<Record<string, Metric>> {
  const [first] = compared;
  if (first === undefined) {
    const none = noMetric('no feature has values in both samples');
    return { maxPsi: none, driftedFeatures: none, driftedShare: none };
  }
  return {
    maxPsi: { value: first.figures.psi },
    driftedFeatures: { value: drifted.length },
    driftedShare: { value: drifted.length / compared.length },
  };
}

function summaryOf(
  compared: readonly Compared[],
  drifted: readonly Compared[],
  { label, psiThreshold }: DriftSettings,
): string[] {
  if (compared.length === 0) return ['There is nothing to compare: no feature has values in both samples.'];
  const told = drifted
    .slice(0, TOLD_FEATURES)
    .map(({ feature, figures }) => `${feature.name} ${figures.psi.toFixed(2)}`);
  const more = drifted.length > told.length ? ` and ${drifted.length - told.length} more` : '';
  const rule = `a population stability index of ${psiThreshold} or more`;
  const features =
    drifted.length === 0
      ? `None of ${compared.length} features has drifted (${rule}).`
      : `${drifted.length} of ${compared.length} features ${drifted.length === 1 ? 'has' : 'have'} drifted (${rule}): ${told.join(', ')}${more}.`;
  const ofLabel = compared.find(({ feature }) => feature.name === label);
  if (ofLabel === undefined) return [features];
  const hasDrifted = ofLabel.figures.psi >= psiThreshold;
  return [features, `The label, ${label}, has ${hasDrifted ? '' : 'not '}drifted (${ofLabel.figures.psi.toFixed(2)}).`];
}

function featuresTable(drifts: readonly FeatureDrift[], { psiThreshold }: DriftSettings): Table {
  return {
    title: 'Features',
    columns: [
      'feature',
      'kind',
      'hasDrifted',
      'psi',
      'psiByChance',
      'jensenShannon',
      'chiSquare',
      'chiSquarePValue',
      'ks',
      'ksPValue',
      'missingReference',
      'missingCurrent',
    ],
    rows: drifts.map(({ feature: { name, kind, missing }, figures }) => [
      name,
      kind,
      figures === undefined ? null : figures.psi >= psiThreshold ? 'yes' : 'no',
      figures?.psi ?? null,
      figures?.psiByChance ?? null,
      figures?.jensenShannon ?? null,
      figures?.chiSquare.statistic ?? null,
      figures?.chiSquare.pValue ?? null,
      figures?.ks?.statistic ?? null,
      figures?.ks?.pValue ?? null,
      ...missing,
    ]),
  };
}

function binsTable(compared: readonly Compared[]): Table {
  const rows = compared.slice(0, TOLD_FEATURES).flatMap(({ feature, bins }) => {
    const [ofReference, ofCurrent] = [total(bins.reference), total(bins.current)];
    const all = bins.labels.map((label, i): [string, string, number, number] => [
      feature.name,
      label,
      (bins.reference[i] as number) / ofReference,
      (bins.current[i] as number) / ofCurrent,
    ]);
    if (all.length <= TOLD_BINS) return all;
    return all.sort((a, b) => Math.abs(b[3] - b[2]) - Math.abs(a[3] - a[2])).slice(0, TOLD_BINS);
  });
  return {
    title: 'Shares of the features that differ most',
    columns: ['feature', 'bin', 'reference', 'current'],
    rows,
  };
}

/** Both distribution functions of the numeric feature with the greatest index. */
function distributionCurve(compared: readonly Compared[]): Curve | undefined {
  for (const { feature } of compared) {
    if (feature.kind !== 'numeric') continue;
    const { keys, reference, current } = feature.counts;
    const at = thinned(keys.length);
    const lineOf = (name: string, counts: Float64Array) => {
      const shares = cumulative(counts);
      return { name, x: at.map((i) => keys[i] as number), y: at.map((i) => shares[i] as number) };
    };
    return {
      title: `Distribution of ${feature.name}`,
      xLabel: feature.name,
      yLabel: 'Share at or below',
      lines: [{ ...lineOf('reference', reference), isReference: true }, lineOf('current', current)],
    };
  }
  return undefined;
}

/** Up to `CURVE_POINTS` places out of `length`, the first and the last among them. */
function thinned(length: number): number[] {
  const points = Math.min(length, CURVE_POINTS);
  return Array.from({ length: points }, (_, i) => (points < 2 ? 0 : Math.round((i * (length - 1)) / (points - 1))));
}

function cumulative(counts: Float64Array): Float64Array {
  const all = total(counts);
  let below = 0;
  return counts.map((count) => {
    below += count;
    return below / all;
  });
}

function warningsOf(drifts: readonly FeatureDrift[], { psiThreshold }: DriftSettings, isIncomplete: boolean): string[] {
  const warnings = drifts.flatMap(({ feature, figures }) => {
    const { name, notNumbers } = feature;
    const said: string[] = [];
    if (notNumbers > 0) said.push(`${name}: ${notNumbers} cells are no numbers and were left out.`);
    if (figures === undefined) return said;
    if (figures.psiByChance >= psiThreshold / 2) {
      said.push(
        `${name}: too few rows for its categories or bins: without any drift the index would be ${figures.psiByChance.toFixed(2)} on average.`,
      );
    }
    if (figures.chiSquare.leastExpected < LEAST_EXPECTED) {
      said.push(
        `${name}: a bin or category has fewer than ${LEAST_EXPECTED} expected rows, so that the chi-square p-value is rough.`,
      );
    }
    if (figures.ks && figures.ks.errorBound > ROUGH)
      said.push(`${name}: it has many different numbers, which were taken together in narrow ranges.`);
    return said;
  });
  if (isIncomplete)
    warnings.push(
      `There are more than ${MAX_FEATURES} features: the others were left out. Name the ones that matter in features.`,
    );
  return warnings;
}
