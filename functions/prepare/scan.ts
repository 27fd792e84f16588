import { gzip } from '../../shared/core/gzip.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { toUtf8 } from '../../shared/core/json-bytes.ts';
import type { Result } from '../../shared/core/result.ts';
import { toNdjson } from '../../shared/customer/event.ts';
import type { TextRow, UnreadableRow } from '../../shared/dataset/read-rows.ts';
import { BuildError } from './build-error.ts';
import { cleanEventRow } from './clean-event.ts';
import { type CleanRow, cleanTextRow } from './clean-row.ts';
import { readCollectedRows } from './collected.ts';
import { MAX_LABELS, MAX_ROWS } from './contract-request.ts';
import { type PrepareDeps, STEP_SIZES } from './deps.ts';
import { encodeFacts, NO_LABEL, type RowFacts } from './facts.ts';
import { type BuildPlace, type Plan, stagedFactsKey, stagedRowsKey } from './plan.ts';
import { readUploadRows } from './read-upload.ts';
import type { BuildState } from './state.ts';
import { countIn } from './tally.ts';

/** Cleans the rows that come next, one by one, and stages them with what is to be decided by. Throws `BuildError`. */
export async function scanChunk(
  deps: PrepareDeps,
  place: BuildPlace,
  plan: Plan,
  from: BuildState,
): Promise<BuildState> {
  const read = await readRows(deps, place, plan, from);
  const state: BuildState = {
    ...from,
    position: read.position,
    labels: [...from.labels],
    columns: [...from.columns],
    read: from.read + read.rows.length,
    dropped: structuredClone(from.dropped),
    changed: structuredClone(from.changed),
  };
  const records: object[] = [];
  const facts: RowFacts[] = [];
  const labels = new Map(state.labels.map((label, index) => [label, index]));
  const columns = new Set(state.columns);
  for (const row of read.rows) {
    const clean = row.ok ? cleanRow(plan, row.value) : { ok: false as const, failure: row.failure.reason };
    const { line } = row.ok ? row.value : row.failure;
    if (!clean.ok) {
      countIn(state.dropped, clean.failure, line);
      continue;
    }
    for (const change of clean.value.changes) countIn(state.changed, change, line);
    for (const column of Object.keys(clean.value.record)) columns.add(column);
    const { record, label, ...known } = clean.value;
    records.push(record);
    facts.push({ ...known, line, label: label === null ? NO_LABEL : placeOf(labels, label) });
  }
  state.labels = [...labels.keys()];
  state.columns = [...columns];
  if (records.length > 0) await stage(deps, place, state, records, facts);
  const staged = state.chunks.reduce((sum, { rows }) => sum + rows, 0);
  if (staged > MAX_ROWS)
    throw new BuildError(`There are more than ${MAX_ROWS} rows. Divide the file, or draw from it.`);
  return read.isEnd ? { ...state, step: 'decide' } : state;
}

async function stage(
  { store }: PrepareDeps,
  place: BuildPlace,
  state: BuildState,
  records: readonly object[],
  facts: readonly RowFacts[],
): Promise<void> {
  const chunk = state.chunks.length;
  const lines = toUtf8(toNdjson(records));
  const hasSketches = facts.some(({ sketch }) => sketch !== null);
  await store.put(stagedRowsKey(place, chunk), await gzip(lines));
  await store.put(stagedFactsKey(place, chunk), encodeFacts(facts, hasSketches));
  state.chunks = [...state.chunks, { rows: records.length, sha256: await sha256Hex(lines) }];
}

interface ReadChunk {
  readonly rows: readonly Result<TextRow, UnreadableRow>[];
  readonly position: BuildState['position'];
  readonly isEnd: boolean;
}

async function readRows(deps: PrepareDeps, place: BuildPlace, plan: Plan, state: BuildState): Promise<ReadChunk> {
  const { source } = plan;
  const { position } = state;
  const { stepSizes = STEP_SIZES } = deps;
  if (source.kind === 'upload') {
    const read = await readUploadRows(deps.store, source, position, stepSizes);
    const { decoding, offset } = read.position;
    const reader = read.position.reader && { ...read.position.reader, columns: mutable(read.position.reader.columns) };
    return {
      ...read,
      position: { ...position, offset, decoding: decoding && { ...decoding, tail: [...decoding.tail] }, reader },
    };
  }
  const { part, line, ...read } = await readCollectedRows(deps.store, place.tenant, source, position, stepSizes.rows);
  return { ...read, position: { ...position, part, line } };
}

function mutable(columns: readonly string[] | null): string[] | null {
  return columns && [...columns];
}

function cleanRow(plan: Plan, { fields, line }: TextRow): Result<CleanRow, string> {
  if (plan.kind === 'interactions') return cleanEventRow(fields);
  const isTimeNeeded = plan.split.method === 'time';
  return cleanTextRow(fields, line, plan.columns, { ...plan.cleaning, isTimeNeeded });
}

function placeOf(labels: Map<string, number>, label: string): number {
  const known = labels.get(label);
  if (known !== undefined) return known;
  if (labels.size === MAX_LABELS)
    throw new BuildError(`There are more than ${MAX_LABELS} labels. Is columns.label the right column?`);
  labels.set(label, labels.size);
  return labels.size - 1;
}
