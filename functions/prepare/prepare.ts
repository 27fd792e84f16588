import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { readDatasetManifest } from '../../shared/dataset/find-dataset.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { describeError } from '../../shared/http/request-log.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { EVENT_COLUMNS, FEEDBACK_COLUMNS, listCollected } from './collected.ts';
import type { BuildAnswer, Understood } from './contract.ts';
import type { DatasetRequest } from './contract-request.ts';
import type { PrepareDeps } from './deps.ts';
import { type BuildPlace, openBuildKey, openBuildsPrefix, type Plan, planId, writePlan } from './plan.ts';
import { type BuildState, newState, readState, writeState } from './state.ts';
import { understandUpload } from './understand.ts';

/** The end of time, where a window has none: what is there when the wish is made is what it is made of. */
const NO_END_MS = Date.UTC(9999, 11, 31);
/** Builds that are under way of one dataset. */
const MAX_OPEN_BUILDS = 20;

interface Planned {
  readonly plan: Plan;
  readonly understood?: Understood;
}

/** Begins to make a version, or says how far the same wish is. */
export async function makeDataset(
  deps: PrepareDeps,
  request: DatasetRequest,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const planned = await planOf(deps, request, caller.tenant);
  if (!planned.ok) return planned;
  const { plan, understood } = planned.value;
  const shown = understood ? { understood } : {};
  if (request.dryRun) return ok({ status: 'dry run', ...shown, requestId: caller.requestId });
  const place = { tenant: caller.tenant, name: request.name, build: await planId(plan) };
  const known = await readState(deps.store, place);
  if (known?.state.status === 'done' && (await isThere(deps.store, place, known.state)))
    return ok({ ...answer(place, known.state, caller), ...shown });
  if (known?.state.status !== 'running') {
    const open = await listBlobs(deps.store, openBuildsPrefix(caller.tenant, request.name));
    if (open.length >= MAX_OPEN_BUILDS)
      return fail({
        kind: 'conflict',
        detail: `${open.length} builds of "${request.name}" are under way or have failed. Wait for them.`,
      });
  }
  const state = known?.state.status === 'running' ? known.state : newState(new Date(deps.clock.now()).toISOString());
  await writePlan(deps.store, place, plan);
  if (state !== known?.state) {
    const begun = await writeState(deps, place, state, known?.condition ?? { ifNoneMatch: '*' });
    if (begun === null)
      return fail({ kind: 'conflict', detail: 'The same dataset was asked for at the same moment. Ask again.' });
  }
  await deps.store.put(openBuildKey(place), new Uint8Array());
  await queueBuild(deps, place);
  return accepted({ ...answer(place, state, caller), ...shown });
}

/** How far a build is. */
export async function showBuild(
  deps: PrepareDeps,
  { name, build }: { readonly name: string; readonly build: string },
  caller: Caller,
): Promise<Outcome<BuildAnswer>> {
  const place = { tenant: caller.tenant, name, build };
  const known = await readState(deps.store, place);
  if (known !== null) return ok(answer(place, known.state, caller));
  return fail({ kind: 'not-found', detail: `There is no build "${build}" of the dataset "${name}".` });
}

/** That the queue takes it is not needed for the answer: ticks find what is not done. */
export async function queueBuild(deps: PrepareDeps, place: BuildPlace): Promise<void> {
  const { tenant, name, build } = place;
  try {
    await deps.queue.send([{ tenant, name, build }]);
  } catch (error) {
    deps.log({ event: 'incident', what: 'a build was begun but not queued', error: describeError(error) });
  }
}

async function planOf(deps: PrepareDeps, request: DatasetRequest, tenant: string): Promise<Outcome<Planned>> {
  const { name, kind, source, cleaning, split } = request;
  const isOfEvents = kind === 'interactions';
  const method = split.method ?? (isOfEvents ? 'time' : 'stratified');
  const common = { schemaVersion: 1 as const, name, kind, cleaning, split: { ...split, method } };
  if (isOfEvents !== (source.events !== undefined))
    return invalidField(
      'source',
      isOfEvents ? 'interactions are made from events' : 'events make the kind interactions',
    );
  if (isOfEvents && method === 'stratified')
    return invalidField('split.method', 'interactions have no labels to stratify by');
  if (split.at && method !== 'time') return invalidField('split.at', 'is of the method time');
  if (source.upload === undefined) return planOfCollected(deps, tenant, request, common);
  const upload = await understandUpload(deps.store, tenant, request);
  if (!upload.ok) return upload;
  const { columns, understood } = upload.value;
  if (method === 'time' && columns.time === undefined)
    return invalidField('columns.time', 'which column is it? The split is by time');
  if (method === 'grouped' && columns.group === undefined)
    return invalidField('columns.group', 'which column is it? The split is by groups');
  return ok({
    plan: { ...common, source: upload.value.source, columns: { ...columns, keep: [...columns.keep] } },
    understood,
  });
}

async function planOfCollected(
  { store }: PrepareDeps,
  tenant: string,
  { source, columns }: DatasetRequest,
  common: Omit<Plan, 'source' | 'columns'>,
): Promise<Outcome<Planned>> {
  if (Object.keys(columns).length > 0) return invalidField('columns', 'are known of what was collected');
  const { feedback, events } = source;
  const { from, to } = feedback ?? events ?? {};
  const window = {
    fromMs: from === undefined ? 0 : Date.parse(from),
    toMs: to === undefined ? NO_END_MS : Date.parse(to),
  };
  const kind = feedback ? 'feedback' : 'events';
  const days = await listCollected(store, tenant, kind, window);
  if (days.length === 0) return invalidField(`source.${kind}`, 'nothing was collected in this window');
  const { model } = feedback ?? {};
  const { types } = events ?? {};
  return ok({
    plan: {
      ...common,
      source: { kind, days, ...window, ...(model === undefined ? {} : { model }), ...(types ? { types } : {}) },
      columns: feedback ? FEEDBACK_COLUMNS : EVENT_COLUMNS,
    },
  });
}

/** Whether what a build made was not deleted since. */
async function isThere(store: BlobStore, { tenant, name }: BuildPlace, { version }: BuildState): Promise<boolean> {
  return version !== undefined && (await readDatasetManifest(store, tenant, name, version)) !== null;
}

function accepted(build: BuildAnswer): Outcome<unknown> {
  return ok(new TextAnswer(JSON.stringify(build), 'application/json', 202));
}

function answer({ name, build }: BuildPlace, state: BuildState, caller: Caller): BuildAnswer {
  const { status, step, read, parts, version, isNew, reason, createdAt } = state;
  const written = Object.values(parts)
    .flat()
    .reduce((sum, { rows }) => sum + rows, 0);
  return {
    name,
    build,
    status,
    ...(status === 'running' ? { step } : {}),
    rows: { read, written },
    ...(status === 'done' && version !== undefined ? { version, isNew: isNew ?? true } : {}),
    ...(reason === undefined ? {} : { reason }),
    createdAt,
    requestId: caller.requestId,
  };
}
