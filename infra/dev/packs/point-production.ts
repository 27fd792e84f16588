import { randomUUID } from 'node:crypto';
import { createSystemClock } from '../../../shared/adapters/web/system-clock.ts';
import type { Outcome } from '../../../shared/core/failure.ts';
import type { AliasMove } from '../../../shared/model/alias.ts';
import { PRODUCTION_ALIAS } from '../../../shared/model/alias.ts';
import { moveAlias } from '../../../shared/model/move-alias.ts';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';

/** Moves the production alias of `{root}/{name}` to a version, signed with who did it and why. */
export function pointProduction(
  store: BlobStore,
  move: {
    readonly root: string;
    readonly name: string;
    readonly version: string;
    readonly by: string;
    readonly reason: string;
  },
): Promise<Outcome<AliasMove>> {
  return moveAlias(store, createSystemClock(), {
    root: move.root,
    name: move.name,
    alias: PRODUCTION_ALIAS,
    to: move.version,
    by: move.by,
    reason: move.reason,
    at: new Date().toISOString(),
    revision: randomUUID(),
  });
}
