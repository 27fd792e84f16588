import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import {
  type ArmsDocument,
  type ArmsTombstone,
  type Division,
  inOrderOf,
  movedShare,
} from '../../shared/customer/arms.ts';
import { type ReadArms, readStoredArms } from '../../shared/customer/arms-store.ts';
import { armsKey, armsPrefix } from '../../shared/customer/customer-keys.ts';
import { changedMeanwhile, writeIfUnchanged } from '../../shared/customer/write-if-unchanged.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { ModelNameSchema } from '../../shared/model/manifest.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { checkModels } from './arms-models.ts';
import {
  ARMS_A_PAGE,
  type Arms,
  type ArmsDeleted,
  type ArmsList,
  type ArmsListQuery,
  type ArmsRequest,
  type ArmsWritten,
  type Definition,
} from './contract.ts';

export interface ArmsDeps {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Keeps a definition, where the caller knows the one that it replaces. What is stored already is not written again. */
export async function putArms(
  deps: ArmsDeps,
  name: string,
  request: ArmsRequest,
  { tenant, requestId }: Caller,
): Promise<Outcome<ArmsWritten>> {
  const key = armsKey(tenant, name);
  const read = await readStoredArms(deps.store, key);
  const before = documentOf(read);
  const wanted = divide(before, request, name);
  // A request that comes again because its answer was lost would else conflict with itself.
  if (before !== null && isSame(before, wanted)) return ok({ ...toDefinition(name, before), moved: 0, requestId });
  const current = checkRevision(read, request.revision, name);
  if (!current.ok) return current;
  const models = await checkModels(deps.store, tenant, wanted.arms);
  if (!models.ok) return models;
  const document: ArmsDocument = { schemaVersion: 1, revision: deps.newId(), ...wanted };
  const written = await writeIfUnchanged(deps.store, key, document, read.condition, inWords(name));
  if (!written.ok) return written;
  const moved = before === null ? null : Number(movedShare(before, wanted).toFixed(6));
  return ok({ ...toDefinition(name, document), moved, requestId });
}

/** A page of the definitions, by name; deleted ones are left out. */
export async function listArms(
  { store }: Pick<ArmsDeps, 'store'>,
  { after = '' }: ArmsListQuery,
  { tenant, requestId }: Caller,
): Promise<Outcome<ArmsList>> {
  const names = (await listNames(store, tenant)).filter((name) => name > after);
  const page = names.slice(0, ARMS_A_PAGE);
  const found = await Promise.all(
    page.map(async (name) => ({ name, content: (await readStoredArms(store, armsKey(tenant, name))).content })),
  );
  const definitions = found.flatMap(({ name, content }) =>
    content === null || content === 'damaged' ? [] : [toDefinition(name, content)],
  );
  const unreadable = found.filter(({ content }) => content === 'damaged').map(({ name }) => name);
  const last = page.at(-1);
  const next = last !== undefined && names.length > page.length ? { next: last } : {};
  return ok({ definitions, unreadable, ...next, requestId });
}

export async function showArms(
  { store }: Pick<ArmsDeps, 'store'>,
  name: string,
  { tenant, requestId }: Caller,
): Promise<Outcome<Arms>> {
  const key = armsKey(tenant, name);
  const { content } = await readStoredArms(store, key);
  if (content === null) return notFound(name);
  if (content !== 'damaged') return ok({ ...toDefinition(name, content), requestId });
  return fail({
    kind: 'model-unusable',
    detail: `The A/B definition ${key} cannot be read. Put it anew, or delete it.`,
  });
}

/** Puts a tombstone in the definition's place: there is no conditional delete, and another's change must not go unseen. */
export async function deleteArms(
  deps: ArmsDeps,
  name: string,
  revision: string | undefined,
  { tenant, requestId }: Caller,
): Promise<Outcome<ArmsDeleted>> {
  const key = armsKey(tenant, name);
  const read = await readStoredArms(deps.store, key);
  if (read.content === null) return notFound(name);
  const before = documentOf(read);
  if (before !== null && revision !== undefined && revision !== before.revision) return changedMeanwhile(inWords(name));
  const deletedAt = new Date(deps.clock.now()).toISOString();
  const tombstone: ArmsTombstone = { schemaVersion: 1, revision: deps.newId(), deletedAt };
  const written = await writeIfUnchanged(deps.store, key, tombstone, read.condition, inWords(name));
  return written.ok ? ok({ name, deletedAt, requestId }) : written;
}

/** A damaged definition serves nobody: it may be replaced as if it were not there. */
function documentOf({ content }: ReadArms): ArmsDocument | null {
  return content === 'damaged' ? null : content;
}

/** Users keep their arms as far as the weights let them: the salt stays unless told, and so does the order under it. */
function divide(before: ArmsDocument | null, { arms, salt }: ArmsRequest, name: string): Division {
  if (before === null) return { arms, salt: salt ?? name };
  const wanted = salt ?? before.salt;
  return { arms: wanted === before.salt ? inOrderOf(before.arms, arms) : arms, salt: wanted };
}

function checkRevision({ content }: ReadArms, revision: string | undefined, name: string): Outcome<void> {
  if (content === 'damaged' || (content?.revision ?? undefined) === revision) return ok(undefined);
  if (revision !== undefined) return changedMeanwhile(inWords(name));
  const detail = `There is an A/B definition "${name}" already. To replace it, send the revision that GET /v1/recommend/arms/${name} tells.`;
  return fail({ kind: 'conflict', detail });
}

/** Both went through the same schemas, which write fields in one order. */
function isSame(before: Division, wanted: Division): boolean {
  return JSON.stringify([before.arms, before.salt]) === JSON.stringify([wanted.arms, wanted.salt]);
}

/** All names, deleted ones too, in code-point order; an object that no model could be called by has none. */
async function listNames(store: BlobStore, tenant: string): Promise<string[]> {
  const prefix = armsPrefix(tenant);
  const names = (await listBlobs(store, prefix)).map(({ key }) => key.slice(prefix.length).replace(/\.json$/, ''));
  // The ending counts in the order of keys.
  return names.filter((name) => ModelNameSchema.safeParse(name).success).sort();
}

function toDefinition(name: string, { revision, arms, salt }: ArmsDocument): Definition {
  return { name, revision, arms, salt };
}

function inWords(name: string): string {
  return `the A/B definition "${name}"`;
}

function notFound(name: string): Outcome<never> {
  const detail = `There is no A/B definition "${name}". GET /v1/recommend/arms lists what there is.`;
  return fail({ kind: 'not-found', detail });
}
