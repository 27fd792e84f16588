import { hash53 } from '../../shared/core/hash-53.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { inParallel } from '../../shared/core/in-parallel.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { listDatasetVersions, readDatasetManifest } from '../../shared/dataset/find-dataset.ts';
import { BuildError } from './build-error.ts';
import { readErased } from './collected.ts';
import { decideRows } from './decide.ts';
import type { PrepareDeps } from './deps.ts';
import { emptyColumns, type FactColumns, fillColumns, headBytes } from './facts.ts';
import { type BuildPlace, decidedKey, decisionsKey, type Plan, stagedFactsKey } from './plan.ts';
import { readRange } from './read-range.ts';
import type { BuildState } from './state.ts';

/** Digits of the content's digest that a version's name has. */
const VERSION_DIGITS = 10;

/** Reads the facts of all rows, decides, and names the version that comes of it. Throws `BuildError`. */
export async function decideBuild(
  deps: PrepareDeps,
  place: BuildPlace,
  plan: Plan,
  state: BuildState,
): Promise<BuildState> {
  if (state.chunks.length === 0) throw new BuildError(noRows(state));
  const hasSketches = plan.kind !== 'interactions';
  const columns = await readColumns(deps, place, state, hasSketches);
  const bandOf = (band: number) => readBand(deps, place, state, band);
  const erased = plan.source.kind === 'upload' ? [] : [...(await readErased(deps.store, place.tenant))];
  const options = { plan, labels: state.labels, erased: new Set(erased.map(hash53)), bandOf };
  const { splits, summary } = await decideRows(columns, options);
  await deps.store.put(decisionsKey(place), splits);
  await deps.store.put(decidedKey(place), toJsonBytes({ schemaVersion: 1, ...summary }));
  const content = [plan.kind, ...state.chunks.map(({ sha256 }) => sha256), await sha256Hex(splits)];
  const contentSha256 = await sha256Hex(JSON.stringify(content));
  const { known, previous } = await findVersions(deps, place, contentSha256);
  const version = known ?? versionName(state.createdAt, previous, contentSha256);
  const isNew = known === undefined;
  return { ...state, contentSha256, version, previous, isNew, step: isNew ? 'write' : 'finish' };
}

/** The newest version, and the one that has this content already. */
async function findVersions(
  { store }: PrepareDeps,
  { tenant, name }: BuildPlace,
  contentSha256: string,
): Promise<{ readonly known?: string; readonly previous: string | null }> {
  let previous: string | null = null;
  for (const version of (await listDatasetVersions(store, tenant, name)).reverse()) {
    const isCandidate = version.endsWith(`-${contentSha256.slice(0, VERSION_DIGITS)}`);
    if (previous !== null && !isCandidate) continue;
    const manifest = await readDatasetManifest(store, tenant, name, version);
    if (manifest === null) continue;
    previous ??= version;
    if (manifest.contentSha256 === contentSha256) return { known: version, previous };
  }
  return { previous };
}

/** `20261124T195900Z-1f0c55a9be`: sorts behind the version before, also where the clock does not say so. */
function versionName(createdAt: string, previous: string | null, contentSha256: string): string {
  const soonest = previous === null ? 0 : momentOf(previous) + 1_000;
  const moment = new Date(Math.max(Date.parse(createdAt), soonest)).toISOString();
  return `${moment.replace(/[-:]/g, '').replace(/\.\d+/, '')}-${contentSha256.slice(0, VERSION_DIGITS)}`;
}

function momentOf(version: string): number {
  return Date.parse(version.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*/, '$1-$2-$3T$4:$5:$6Z'));
}

async function readColumns(
  { store }: PrepareDeps,
  place: BuildPlace,
  { chunks }: BuildState,
  hasSketches: boolean,
): Promise<FactColumns> {
  const columns = emptyColumns(
    chunks.reduce((sum, { rows }) => sum + rows, 0),
    hasSketches,
  );
  let at = 0;
  for (const [chunk, { rows }] of chunks.entries()) {
    const range = { offset: 0, length: headBytes(rows, hasSketches) };
    fillColumns(columns, at, await readRange(store, stagedFactsKey(place, chunk), range), rows);
    at += rows;
  }
  return columns;
}

async function readBand(
  { store }: PrepareDeps,
  place: BuildPlace,
  { chunks }: BuildState,
  band: number,
): Promise<Uint32Array> {
  const read = await inParallel([...chunks.entries()], async ([chunk, { rows }]) => {
    const range = { offset: headBytes(rows, true) + band * rows * 4, length: rows * 4 };
    const bytes = await readRange(store, stagedFactsKey(place, chunk), range);
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    return new Uint32Array(aligned.buffer, aligned.byteOffset, rows);
  });
  const all = new Uint32Array(read.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of read) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}

function noRows({ read, dropped }: BuildState): string {
  if (read === 0) return 'There are no rows in the source.';
  const first = Object.entries(dropped).sort((a, b) => b[1].rows - a[1].rows)[0];
  return `None of ${read} rows can be kept${first ? `; most often ${first[0]}, first in line ${first[1].lines[0]}` : ''}.`;
}
