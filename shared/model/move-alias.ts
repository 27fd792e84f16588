import type { Outcome } from '../core/failure.ts';
import { toUtf8 } from '../core/json-bytes.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore, PutResult } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { type AliasDocument, AliasDocumentSchema, type AliasMove, AliasMoveSchema, type Evidence } from './alias.ts';
import { aliasKey, historyKey } from './model-keys.ts';

/** Writes of one alias document in a row before giving up; each later one follows a throttle or another's move. */
const MAX_WRITES = 5;

/** Who moves which alias where, and why. */
export interface AliasMoveRequest {
  readonly root: string;
  readonly name: string;
  readonly alias: string;
  readonly to: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly revision: string;
  readonly approvedBy?: string | undefined;
  readonly evidence?: Evidence | undefined;
  readonly forced?: string | undefined;
  /** What the caller saw serving; where another does by now, nothing is moved and the answer is `conflict`. */
  readonly expected?: string | null | undefined;
}

/**
 * Moves an alias: the creation of the next history entry is the commit, the alias document follows from it.
 * A writer that loses the race gets `conflict`, and nothing of its move is visible. A crash between the two writes is repaired by
 * the next move or by `repairAlias`.
 */
export async function moveAlias(
  store: BlobStore,
  clock: Clock,
  request: AliasMoveRequest,
): Promise<Outcome<AliasMove>> {
  const moves = await listMoves(store, request.root, request.name);
  const current = moves.filter((move) => move.alias === request.alias).at(-1);
  if (request.expected !== undefined && request.expected !== (current?.to ?? null)) {
    return fail({ kind: 'conflict', detail: `Another version of ${request.name} began to serve meanwhile.` });
  }
  const { approvedBy, evidence, forced } = request;
  const move: AliasMove = {
    schemaVersion: 1,
    alias: request.alias,
    from: current?.to ?? null,
    to: request.to,
    at: request.at,
    by: request.by,
    reason: request.reason,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(forced === undefined ? {} : { forced }),
  };
  const entryKey = historyKey(request.root, request.name, moves.length + 1);
  const committed = await store.put(entryKey, toJsonBytes(move), { ifNoneMatch: '*' });
  if (committed.kind === 'conflict') {
    return fail({ kind: 'conflict', detail: `Somebody else moved an alias of ${request.name} at the same moment.` });
  }
  if (committed.kind === 'throttled') {
    const detail = `Storage takes no more moves of ${request.name} at the moment.`;
    return fail({ kind: 'unavailable', detail, retryAfterSeconds: committed.retryAfterSeconds });
  }
  const repaired = await repairAlias(store, clock, request);
  return repaired.ok ? ok(move) : repaired;
}

/** What is needed to write an alias document. */
export type AliasPlace = Pick<AliasMoveRequest, 'root' | 'name' | 'alias' | 'at' | 'revision'>;

/**
 * Writes the alias document until it says what the history says, and returns the version served (null without any move). Reading the
 * history again after each write lets a slow writer not put back what a later move has changed.
 */
export async function repairAlias(store: BlobStore, clock: Clock, place: AliasPlace): Promise<Outcome<string | null>> {
  let retryAfterSeconds = 1;
  for (let attempt = 0; attempt < MAX_WRITES; attempt++) {
    const moves = await listMoves(store, place.root, place.name);
    const last = moves.filter((move) => move.alias === place.alias).at(-1);
    if (!last) return ok(null);
    if ((await readVersion(store, place)) === last.to) return ok(last.to);
    const written = await writeAlias(store, { ...place, revision: `${place.revision}.${attempt}` }, last.to);
    if (written.kind === 'throttled') {
      retryAfterSeconds = written.retryAfterSeconds;
      await clock.sleep(retryAfterSeconds * 1000);
    }
  }
  const detail = `The move is recorded, but storage took no write of the alias ${place.alias} of ${place.name}; repair it later.`;
  return fail({ kind: 'unavailable', detail, retryAfterSeconds });
}

async function readVersion(store: BlobStore, place: AliasPlace): Promise<string | null> {
  const found = await store.get(aliasKey(place.root, place.name, place.alias));
  if (found.kind === 'missing') return null;
  const parsed = AliasDocumentSchema.safeParse(parseJson(await found.bytes()));
  return parsed.success ? parsed.data.version : null;
}

/** All moves of a model's aliases in order. */
export async function listMoves(store: BlobStore, root: string, name: string): Promise<AliasMove[]> {
  const moves: AliasMove[] = [];
  for (let n = 1; ; n++) {
    const found = await store.get(historyKey(root, name, n));
    if (found.kind === 'missing') return moves;
    moves.push(AliasMoveSchema.parse(parseJson(await found.bytes())));
  }
}

function writeAlias(store: BlobStore, place: AliasPlace, version: string): Promise<PutResult> {
  const document: AliasDocument = {
    schemaVersion: 1,
    revision: place.revision,
    alias: place.alias,
    version,
    updatedAt: place.at,
  };
  return store.put(aliasKey(place.root, place.name, place.alias), toJsonBytes(document));
}

function toJsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return toUtf8(`${JSON.stringify(value, null, 2)}\n`);
}

/** A document that is damaged counts as absent: the history says what it should be. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
