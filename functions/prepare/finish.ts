import { compareCodePoints } from '../../shared/core/code-point-order.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { datasetManifestKey, datasetReportKey } from '../../shared/dataset/dataset-keys.ts';
import { type DatasetManifest, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { readDatasetManifest } from '../../shared/dataset/find-dataset.ts';
import { BuildError } from './build-error.ts';
import type { DecidedSummary } from './decide.ts';
import type { PrepareDeps } from './deps.ts';
import { compareReports } from './drift.ts';
import { type BuildPlace, decidedKey, type Plan } from './plan.ts';
import { readRange } from './read-range.ts';
import { readReport } from './read-report.ts';
import { makeReport, type Report } from './report.ts';
import type { BuildState } from './state.ts';

/** Columns that rows of each kind have anyway. */
const OWN_COLUMNS = new Set(['id', 'text', 'label', 'user', 'itemId', 'type', 'at', 'value']);

/** Writes the report, then the manifest, by which the version is there. */
export async function finishBuild(
  deps: PrepareDeps,
  place: BuildPlace,
  plan: Plan,
  state: BuildState,
): Promise<BuildState> {
  const { version, contentSha256, previous = null, isNew } = state;
  if (version === undefined || contentSha256 === undefined)
    throw new Error('a build without a version is to be finished');
  if (isNew) {
    const { tenant, name } = place;
    // Written by decideBuild, with these fields.
    const summary = fromJsonBytes(await readRange(deps.store, decidedKey(place))) as DecidedSummary;
    const report = await withDrift(deps, place, makeReport(plan, state, summary), previous);
    await deps.store.put(datasetReportKey(tenant, name, version), toJsonBytes(report));
    const manifest = manifestOf(plan, state, report, { version, contentSha256, previous });
    const key = datasetManifestKey(tenant, name, version);
    const written = await deps.store.put(key, toJsonBytes(manifest), { ifNoneMatch: '*' });
    if (written.kind === 'throttled') throw new Error('storage takes no more writes of a manifest');
    if (written.kind === 'conflict' && (await readDatasetManifest(deps.store, tenant, name, version)) === null)
      throw new BuildError('The version was deleted while it was made. Ask for it again.');
  }
  return { ...state, status: 'done' };
}

async function withDrift(
  { store }: PrepareDeps,
  { tenant, name }: BuildPlace,
  report: Omit<Report, 'drift'>,
  previous: string | null,
): Promise<Report> {
  const before = previous === null ? null : await readReport(store, tenant, name, previous);
  return { ...report, drift: before && before.kind === report.kind ? compareReports(report, before) : null };
}

function manifestOf(
  plan: Plan,
  { createdAt, parts, columns }: BuildState,
  report: Report,
  known: Pick<DatasetManifest, 'version' | 'previous'> & { readonly contentSha256: string },
): DatasetManifest {
  const splits = SPLIT_NAMES.map((split) => {
    const labels = report.labels.filter((each) => each[split] > 0).map((each) => [each.label, each[split]] as const);
    return [split, { rows: report.splits[split], parts: parts[split], labels: Object.fromEntries(labels) }] as const;
  });
  const { source, columns: mapping, cleaning, split } = plan;
  return {
    schemaVersion: 1,
    name: plan.name,
    createdAt,
    kind: plan.kind,
    columns: columns.filter((column) => !(plan.kind === 'interactions' ? OWN_COLUMNS : TEXT_COLUMNS).has(column)),
    labels: report.labels.map(({ label }) => label).sort(compareCodePoints),
    splits: Object.fromEntries(splits) as DatasetManifest['splits'],
    source,
    settings: { columns: mapping, cleaning, split },
    ...known,
  };
}

const TEXT_COLUMNS = new Set(['id', 'text', 'label']);
