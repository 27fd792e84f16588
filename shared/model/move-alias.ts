import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { type AliasDocument, AliasDocumentSchema, type AliasMove, AliasMoveSchema } from './alias.ts';
import { aliasKey, historyKey } from './model-keys.ts';

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
}

/**
 * Moves an alias: the creation of the next history entry is the commit, the alias document follows from it.
 * A writer that loses the race gets `conflict`, and nothing of its move is visible. A crash between the two writes is repaired by
 * the next move or by `repairAlias`.
 */
export async function moveAlias(store: BlobStore, request: AliasMoveRequest): Promise<Outcome<AliasMove>> {
  const moves = await listMoves(store, request.root, request.name);
  const current = moves.filter((move) => move.alias === request.alias).at(-1);
  const move: AliasMove = {
    schemaVersion: 1,
    alias: request.alias,
    from: current?.to ?? null,
    to: request.to,
    at: request.at,
    by: request.by,
    reason: request.reason,
  };
  const committed = await store.put(historyKey(request.root, request.name, moves.length + 1), toJsonBytes(move), {
    ifNoneMatch: '*',
  });
  if (committed.kind !== 'written') {
    return fail({ kind: 'conflict', detail: `Somebody else moved an alias of ${request.name} at the same moment.` });
  }
  await writeAlias(store, request, request.to);
  return ok(move);
}

/** Rewrites the alias document from the history, if they disagree. Returns the version served, or null without any move. */
export async function repairAlias(
  store: BlobStore,
  where: Pick<AliasMoveRequest, 'root' | 'name' | 'alias' | 'at' | 'revision'>,
): Promise<string | null> {
  const moves = await listMoves(store, where.root, where.name);
  const last = moves.filter((move) => move.alias === where.alias).at(-1);
  if (!last) return null;
  const found = await store.get(aliasKey(where.root, where.name, where.alias));
  if (found.kind === 'found') {
    const parsed = AliasDocumentSchema.safeParse(parseJson(await found.bytes()));
    if (parsed.success && parsed.data.version === last.to) return last.to;
  }
  await writeAlias(store, where, last.to);
  return last.to;
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

async function writeAlias(
  store: BlobStore,
  where: Pick<AliasMoveRequest, 'root' | 'name' | 'alias' | 'at' | 'revision'>,
  version: string,
): Promise<void> {
  const document: AliasDocument = {
    schemaVersion: 1,
    revision: where.revision,
    alias: where.alias,
    version,
    updatedAt: where.at,
  };
  await store.put(aliasKey(where.root, where.name, where.alias), toJsonBytes(document));
}

function toJsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

function parseJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
