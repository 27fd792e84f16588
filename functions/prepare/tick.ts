import { listTenants } from '../../shared/customer/tenants.ts';
import { describeError } from '../../shared/http/request-log.ts';
import { listBlobs, listFolders } from '../../shared/ports/list-all.ts';
import { clearStaged } from './clear-staged.ts';
import { UPLOAD_DAYS } from './contract-uploads.ts';
import type { PrepareDeps } from './deps.ts';
import { type BuildPlace, buildPrefix, openBuildKey, openBuildsPrefix } from './plan.ts';
import { queueBuild } from './prepare.ts';
import { readState, stateKey, writeState } from './state.ts';
import { readUpload, uploadDocumentKey, uploadPrefix, uploadsPrefix } from './upload-parts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A build that did not get further for so long has lost its message, or is late. */
const LATE_MS = 3 * 60 * 1000;
/** A build that was queued so often without getting further never will. */
const MAX_REQUEUES = 10;
/** Old uploads are looked for once an hour, at this minute: listings cost. */
const UPLOADS_MINUTE = 17;

/** What is to be done by the clock: builds that came to a stop are queued again, old uploads and failed builds deleted. */
export async function tick(deps: PrepareDeps): Promise<void> {
  for (const tenant of await listTenants(deps.store)) {
    try {
      await requeueBuilds(deps, tenant);
      if (new Date(deps.clock.now()).getUTCMinutes() === UPLOADS_MINUTE) await removeOldUploads(deps, tenant);
    } catch (error) {
      deps.log({ event: 'incident', what: `the tick for tenant ${tenant} failed`, error: describeError(error) });
    }
  }
}

async function requeueBuilds(deps: PrepareDeps, tenant: string): Promise<void> {
  const prefix = openBuildsPrefix(tenant);
  for (const { key } of await listBlobs(deps.store, prefix)) {
    const [name = '', build = ''] = key.slice(prefix.length).split('/');
    await requeueBuild(deps, { tenant, name, build });
  }
}

async function requeueBuild(deps: PrepareDeps, place: BuildPlace): Promise<void> {
  const known = await readState(deps.store, place);
  if (known?.state.status === 'done') await clearStaged(deps.store, place);
  if (!known || known.state.status === 'done') return deps.store.delete(openBuildKey(place));
  const { state, condition } = known;
  const now = deps.clock.now();
  const age = Math.abs(now - Date.parse(state.updatedAt));
  if (state.status === 'failed') {
    if (age > UPLOAD_DAYS * DAY_MS) await removeBuild(deps, place);
    return;
  }
  if (age < LATE_MS) return;
  const updatedAt = new Date(now).toISOString();
  if (state.requeued >= MAX_REQUEUES) {
    const reason = `The step "${state.step}" did not end after ${MAX_REQUEUES} tries. Ask for a smaller dataset; the log says more.`;
    await writeState(deps, place, { ...state, updatedAt, status: 'failed', reason }, condition);
    return;
  }
  const written = await writeState(deps, place, { ...state, updatedAt, requeued: state.requeued + 1 }, condition);
  if (written !== null) await queueBuild(deps, place);
}

async function removeBuild({ store }: PrepareDeps, place: BuildPlace): Promise<void> {
  for (const { key } of await listBlobs(store, buildPrefix(place)))
    if (key !== stateKey(place)) await store.delete(key);
  await store.delete(stateKey(place));
  await store.delete(openBuildKey(place));
}

/** Uploads, finished or not, live for some days; what was made of them stays. */
async function removeOldUploads({ store, clock }: PrepareDeps, tenant: string): Promise<void> {
  for (const id of await listFolders(store, uploadsPrefix(tenant))) {
    const upload = await readUpload(store, tenant, id);
    if (upload && clock.now() - Date.parse(upload.createdAt) < UPLOAD_DAYS * DAY_MS) continue;
    const document = uploadDocumentKey(tenant, id);
    // The document goes first: from then on no more parts are taken, and what is left over goes next time.
    await store.delete(document);
    for (const { key } of await listBlobs(store, uploadPrefix(tenant, id)))
      if (key !== document) await store.delete(key);
  }
}
