import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { AliasMove } from '../../shared/model/alias.ts';
import { SHARED_MODELS_ROOT, tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { listMoves, moveAlias } from '../../shared/model/move-alias.ts';
import { type PackLocation, readManifest, verifyPack } from '../../shared/model/pack.ts';
import type { Registry } from '../../shared/model/registry.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ModelHistory, Moved, PromoteRequest, RollbackRequest } from './contract-aliases.ts';
import { type Backing, findBacking } from './evidence.ts';

export interface AliasesDeps {
  readonly store: BlobStore;
  readonly registry: Registry;
  readonly clock: Clock;
  /** A fresh text on each call, for revisions. */
  readonly newId: () => string;
}

/** Every move of the tenant's aliases of a model, the newest first. Those of shared models are not the tenant's to see. */
export async function historyOf(
  { store, registry }: AliasesDeps,
  name: string,
  { tenant, requestId }: Caller,
): Promise<Outcome<ModelHistory>> {
  const moves = await listMoves(store, tenantModelsRoot(tenant), name);
  if (moves.length === 0) {
    const known = await registry.describe(tenant, name);
    if (!known.ok) return known;
  }
  const aliases = Object.fromEntries(moves.map(({ alias, to }) => [alias, to]));
  const listed = moves.map((move, place) => ({ move: place + 1, ...withoutSchema(move) })).reverse();
  return ok({ name, aliases, moves: listed, requestId });
}

/** Lets a version of the tenant's own model serve: on the evidence of an evaluation, or by force and with a reason. */
export async function promote(
  deps: AliasesDeps,
  name: string,
  request: PromoteRequest,
  caller: Caller,
): Promise<Outcome<Moved>> {
  const location = { root: tenantModelsRoot(caller.tenant), name, version: request.version };
  const verified = await verify(deps.store, location);
  if (!verified.ok) return verified;
  const backing = await findBacking(deps.store, caller.tenant, { name, ...request });
  if (!backing.ok) return backing;
  return move(deps, name, request.version, request, backing.value, caller);
}

/** Lets a version serve that served before: no evaluation is asked for, since it must be quick. */
export async function rollBack(
  deps: AliasesDeps,
  name: string,
  request: RollbackRequest,
  caller: Caller,
): Promise<Outcome<Moved>> {
  const root = tenantModelsRoot(caller.tenant);
  const moves = (await listMoves(deps.store, root, name)).filter(({ alias }) => alias === request.alias);
  const to = await targetOf(deps, caller.tenant, name, moves, request);
  if (!to.ok) return to;
  const own = await verify(deps.store, { root, name, version: to.value });
  if (!own.ok) {
    const shared = await verify(deps.store, { root: SHARED_MODELS_ROOT, name, version: to.value });
    if (!shared.ok) return own;
  }
  return move(deps, name, to.value, { ...request, expected: request.expected ?? moves.at(-1)?.to }, {}, caller);
}

/** The version to go back to: of the alias's own history, or the shared one that served before the first move. */
async function targetOf(
  { registry }: AliasesDeps,
  tenant: string,
  name: string,
  moves: readonly AliasMove[],
  { alias, to }: RollbackRequest,
): Promise<Outcome<string>> {
  const current = moves.at(-1);
  if (!current) {
    const known = await registry.describe(tenant, name);
    if (!known.ok) return known;
    return fail({ kind: 'conflict', detail: `The alias ${alias} of ${name} was never moved: nothing served before.` });
  }
  const shared = await registry.resolveShared({ name, alias });
  const served = moves.map((move) => move.to);
  if (to !== undefined) {
    if (served.includes(to) || to === shared) return ok(to);
    const known = [...new Set([...served, ...(shared === null ? [] : [shared])])].join(', ');
    return fail({ kind: 'not-found', detail: `${name}@${to} never served as ${alias}. These did: ${known}.` });
  }
  const before = current.from ?? shared;
  if (before !== null && before !== current.to) return ok(before);
  return fail({ kind: 'conflict', detail: `Nothing served as ${alias} of ${name} before ${current.to}.` });
}

async function move(
  { store, clock, newId }: AliasesDeps,
  name: string,
  version: string,
  { alias, reason, approvedBy, expected }: Pick<PromoteRequest, 'alias' | 'reason' | 'approvedBy' | 'expected'>,
  backing: Backing,
  { tenant, keyId, requestId }: Caller,
): Promise<Outcome<Moved>> {
  const moved = await moveAlias(store, clock, {
    root: tenantModelsRoot(tenant),
    ...{ name, alias, to: version, by: keyId, reason, approvedBy, expected, ...backing },
    at: new Date(clock.now()).toISOString(),
    revision: newId(),
  });
  return moved.ok ? ok({ name, ...withoutSchema(moved.value), requestId }) : moved;
}

/** Whether all of the pack is there as its manifest says. */
async function verify(store: BlobStore, location: PackLocation): Promise<Outcome<undefined>> {
  const manifest = await readManifest(store, location);
  if (!manifest.ok) return manifest;
  if (manifest.value) return verifyPack(store, location, manifest.value);
  const detail = `There is no version ${location.version} among your own models "${location.name}". Shared models can't be promoted.`;
  return fail({ kind: 'not-found', detail });
}

function withoutSchema({ schemaVersion: _, ...move }: AliasMove): Omit<AliasMove, 'schemaVersion'> {
  return move;
}
