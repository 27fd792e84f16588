import { chiSquareTest, populationStability } from '../../shared/metrics/drift/distances.ts';
import type { Report } from './report.ts';

type Drift = NonNullable<Report['drift']>;
type Counts = readonly { readonly name: string; readonly rows: number }[];

/** From this index on a distribution has drifted (Lewis 1994: above 0.25 much change). */
const MUCH = 0.25;

/** How the labels, the lengths and the languages of the texts differ from those of the version before. */
export function compareReports(current: Omit<Report, 'drift'>, previous: Report): Drift {
  const labelsOf = (report: Pick<Report, 'labels'>) => report.labels.map(({ label, rows }) => ({ name: label, rows }));
  const features = [
    compare('label', labelsOf(previous), labelsOf(current)),
    compare('length', previous.lengths, current.lengths),
    compare('language', previous.languages, current.languages),
  ].filter((feature) => feature !== null);
  const [before, now] = [previous, current].map(({ labels }) => new Set(labels.map(({ label }) => label)));
  return {
    previous: previous.version,
    features,
    newLabels: [...(now ?? [])].filter((label) => !before?.has(label)),
    goneLabels: [...(before ?? [])].filter((label) => !now?.has(label)),
  };
}

/** Null where one of them has nothing to compare. */
function compare(
  name: Drift['features'][number]['name'],
  reference: Counts,
  current: Counts,
): Drift['features'][number] | null {
  const names = [...new Set([...reference, ...current].map((each) => each.name))].sort();
  const countsOf = (counts: Counts) => {
    const rows = new Map(counts.map((each) => [each.name, each.rows]));
    return Float64Array.from(names, (each) => rows.get(each) ?? 0);
  };
  const [before, now] = [countsOf(reference), countsOf(current)];
  if (![before, now].every((counts) => counts.some((count) => count > 0))) return null;
  const psi = populationStability(before, now);
  const { statistic, pValue } = chiSquareTest(before, now);
  return { name, psi, chiSquare: statistic, pValue, hasDrifted: psi >= MUCH };
}
