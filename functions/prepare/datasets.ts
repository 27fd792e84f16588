import type { Outcome } from '../../shared/core/failure.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { datasetManifestKey, datasetsPrefix, datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import type { DatasetManifest } from '../../shared/dataset/dataset-manifest.ts';
import { findDataset, listDatasetVersions, readDatasetManifest } from '../../shared/dataset/find-dataset.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { listBlobs, listFolders } from '../../shared/ports/list-all.ts';
import type { DatasetAnswer, DatasetQuery, RowsQuery, VersionAnswer } from './contract.ts';
import type { PrepareDeps } from './deps.ts';
import { firstRows } from './first-rows.ts';
import { openBuildsPrefix } from './plan.ts';
import { readReport } from './read-report.ts';
import { renderReport } from './report-page.ts';
import { readState } from './state.ts';

const MAX_VERSIONS_SHOWN = 50;

/** All datasets of a tenant, each with its newest version. */
export async function listDatasets({ store }: PrepareDeps, caller: Caller): Promise<Outcome<unknown>> {
  const names = new Set([
    ...(await listFolders(store, datasetsPrefix(caller.tenant))),
    ...(await listFolders(store, openBuildsPrefix(caller.tenant))),
  ]);
  const datasets: { name: string; newest: VersionAnswer | null }[] = [];
  for (const name of [...names].sort()) {
    const [newest] = await readVersions(store, caller.tenant, name, 1);
    const isOpen = newest === undefined && (await listBlobs(store, openBuildsPrefix(caller.tenant, name))).length > 0;
    if (newest || isOpen) datasets.push({ name, newest: newest ? describeVersion(newest) : null });
  }
  return ok({ datasets, requestId: caller.requestId });
}

/** A dataset's versions and builds, and the report of a version, as JSON or as a page. */
export async function showDataset(
  deps: PrepareDeps,
  name: string,
  { version, format }: DatasetQuery,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const { store } = deps;
  const versions = await readVersions(store, caller.tenant, name, MAX_VERSIONS_SHOWN);
  const builds = await readOpenBuilds(deps, caller.tenant, name);
  if (versions.length === 0 && builds.length === 0)
    return fail({ kind: 'not-found', detail: `There is no dataset "${name}".` });
  const wanted = version ?? versions[0]?.version;
  if (version !== undefined && (await readDatasetManifest(store, caller.tenant, name, version)) === null)
    return fail({ kind: 'not-found', detail: `There is no version "${version}" of the dataset "${name}".` });
  const report = wanted === undefined ? null : await readReport(store, caller.tenant, name, wanted);
  if (format === 'html') {
    if (report) return ok(new TextAnswer(renderReport(report), 'text/html; charset=utf-8'));
    return fail({ kind: 'not-found', detail: `The dataset "${name}" has no version with a report yet.` });
  }
  const answer: DatasetAnswer = {
    name,
    versions: versions.map(describeVersion),
    builds,
    ...(report ? { report } : {}),
    requestId: caller.requestId,
  };
  return ok(answer);
}

/** The first rows of a split, as they are stored. */
export async function showRows(
  { store }: PrepareDeps,
  name: string,
  { version, split, limit }: RowsQuery,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const found = await findDataset(store, caller.tenant, name, version);
  if (!found.ok) return found;
  const manifest = found.value;
  const rows = await firstRows(store, caller.tenant, manifest, split, limit);
  return ok({ name, version: manifest.version, split, rows, requestId: caller.requestId });
}

/** Takes a version away: first its manifest, by which it was there, then its parts. One that is gone stays so. */
export async function deleteVersion(
  deps: PrepareDeps,
  { name, version }: { readonly name: string; readonly version: string },
  caller: Caller,
): Promise<Outcome<unknown>> {
  const { store } = deps;
  const key = datasetManifestKey(caller.tenant, name, version);
  if ((await store.head(key)).kind === 'missing')
    return fail({ kind: 'not-found', detail: `There is no version "${version}" of the dataset "${name}".` });
  const deletedAt = new Date(deps.clock.now()).toISOString();
  const written = await store.put(key, toJsonBytes({ schemaVersion: 1, deletedAt }));
  if (written.kind === 'throttled') {
    const detail = 'Storage takes no more writes of this version at the moment.';
    return fail({ kind: 'unavailable', detail, retryAfterSeconds: written.retryAfterSeconds });
  }
  for (const blob of await listBlobs(store, datasetVersionPrefix(caller.tenant, name, version))) {
    if (blob.key !== key) await store.delete(blob.key);
  }
  return ok({ name, version, deletedAt, requestId: caller.requestId });
}

/** The newest whole versions, the newest first. */
async function readVersions(
  store: PrepareDeps['store'],
  tenant: string,
  name: string,
  limit: number,
): Promise<DatasetManifest[]> {
  const manifests: DatasetManifest[] = [];
  for (const version of (await listDatasetVersions(store, tenant, name)).reverse()) {
    if (manifests.length === limit) break;
    const manifest = await readDatasetManifest(store, tenant, name, version);
    if (manifest) manifests.push(manifest);
  }
  return manifests;
}

async function readOpenBuilds({ store }: PrepareDeps, tenant: string, name: string): Promise<DatasetAnswer['builds']> {
  const builds: DatasetAnswer['builds'] = [];
  for (const { key } of await listBlobs(store, openBuildsPrefix(tenant, name))) {
    const build = key.slice(key.lastIndexOf('/') + 1);
    const known = await readState(store, { tenant, name, build });
    if (!known || known.state.status === 'done') continue;
    const { status, reason } = known.state;
    builds.push({ build, status, ...(reason === undefined ? {} : { reason }) });
  }
  return builds;
}

function describeVersion({ version, createdAt, kind, splits, labels }: DatasetManifest): VersionAnswer {
  const { train, validation, test } = splits;
  return {
    version,
    createdAt,
    kind,
    rows: { train: train.rows, validation: validation.rows, test: test.rows },
    labels: labels.length,
  };
}
