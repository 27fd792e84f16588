import { z } from 'zod';
import type { Outcome } from '../core/failure.ts';
import { fromJsonBytes, toJsonBytes, toUtf8 } from '../core/json-bytes.ts';
import { ok } from '../core/result.ts';
import { type BlobStore, StorageError } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { listBlobs } from '../ports/list-all.ts';
import { PRODUCTION_ALIAS } from './alias.ts';
import type { Manifest } from './manifest.ts';
import { manifestKey, packPrefix, tenantModelsRoot } from './model-keys.ts';
import { listMoves, moveAlias, repairAlias } from './move-alias.ts';
import { OWN_RECOMMENDER, type OwnRecommenderPack } from './own-recommender.ts';
import { readManifest } from './pack.ts';

/** Rebuilt versions that stay, for going back; older ones are deleted. */
const KEPT_VERSIONS = 5;
/** Versions deleted after one rebuild, at most. */
const MAX_DELETED = 2;
/** Who signs the moves of the alias. */
const REBUILT_BY = 'edge-rebuild';

/** What serves as a tenant's own recommender: a version (`null`: none yet) and its manifest (`null`: it is gone). */
export interface OwnProduction {
  readonly version: string | null;
  readonly manifest: Manifest | null;
}

/** The versions of a tenant's own recommender. */
export interface OwnVersions {
  /** What serves, after repairing what a crashed move left. */
  production(): Promise<Outcome<OwnProduction>>;
  /** Writes the files, then the manifest: readers see the pack whole or not at all. */
  write(pack: OwnRecommenderPack): Promise<void>;
  /** Lets the version serve in place of `from`; `conflict` where another does by now. */
  serve(version: string, from: string | null): Promise<Outcome<unknown>>;
  /** Deletes rebuilt versions that the newest five left behind and that serve under no alias. */
  deleteOld(): Promise<void>;
  /** Version and source of the last rebuild; `null` where there is no word of them. */
  readRebuiltFrom(): Promise<string | null>;
  writeRebuiltFrom(said: string): Promise<void>;
}

/**
 * `models/own/rebuilt-from.json`, schema version 1: which version the last rebuild made from which source, so that the next one
 * needn't learn again where nothing is new.
 */
const RebuiltFromSchema = z.object({ schemaVersion: z.literal(1), revision: z.string().min(1), said: z.string() });

/** `newId` gives a fresh text on each call, for revisions. */
export function createOwnVersions(store: BlobStore, clock: Clock, newId: () => string, tenant: string): OwnVersions {
  const root = tenantModelsRoot(tenant);
  const name = OWN_RECOMMENDER;
  const rebuiltFromKey = `${root}/${name}/rebuilt-from.json`;
  const place = () => {
    const at = new Date(clock.now()).toISOString();
    return { root, name, alias: PRODUCTION_ALIAS, at, revision: newId() };
  };
  return {
    async production() {
      const version = await repairAlias(store, clock, place());
      if (!version.ok) return version;
      if (version.value === null) return ok({ version: null, manifest: null });
      const manifest = await readManifest(store, { root, name, version: version.value });
      return manifest.ok ? ok({ version: version.value, manifest: manifest.value }) : manifest;
    },

    async write({ manifest, files }) {
      const { version } = manifest;
      for (const [path, bytes] of files) await writeOnce(store, packPrefix(root, name, version) + path, bytes);
      const bytes = toUtf8(`${JSON.stringify(manifest, null, 2)}\n`);
      await writeOnce(store, manifestKey(root, name, version), bytes);
    },

    async serve(version, from) {
      return moveAlias(store, clock, {
        ...place(),
        expected: from,
        to: version,
        by: REBUILT_BY,
        reason: 'rebuilt from the own events',
      });
    },

    async deleteOld() {
      for (const version of await oldVersions(store, root)) {
        // The manifest goes first: without it the version is gone.
        await store.delete(manifestKey(root, name, version));
        for (const { key } of await listBlobs(store, packPrefix(root, name, version))) await store.delete(key);
      }
    },

    async readRebuiltFrom() {
      const found = await store.get(rebuiltFromKey);
      if (found.kind === 'missing') return null;
      const parsed = RebuiltFromSchema.safeParse(parseJson(await found.bytes()));
      return parsed.success ? parsed.data.said : null;
    },

    async writeRebuiltFrom(said) {
      const document: z.infer<typeof RebuiltFromSchema> = { schemaVersion: 1, revision: newId(), said };
      // Where it is throttled, the next rebuild learns once for nothing.
      await store.put(rebuiltFromKey, toJsonBytes(document));
    },
  };
}

/** Of the rebuilt versions before the newest, the first few that no alias names. */
async function oldVersions(store: BlobStore, root: string): Promise<string[]> {
  const moves = await listMoves(store, root, OWN_RECOMMENDER);
  const aliased = new Set(new Map(moves.map((move) => [move.alias, move.to])).values());
  const rebuilt = moves.filter((move) => move.by === REBUILT_BY).map((move) => move.to);
  const newestFirst = [...new Set(rebuilt.reverse())];
  return newestFirst.slice(KEPT_VERSIONS, KEPT_VERSIONS + MAX_DELETED).filter((version) => !aliased.has(version));
}

/** A document that is damaged counts as absent. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return fromJsonBytes(bytes);
  } catch {
    return undefined;
  }
}

/** A version's content never differs, so what is there already is what would be written. */
async function writeOnce(store: BlobStore, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const result = await store.put(key, bytes, { ifNoneMatch: '*' });
  if (result.kind === 'throttled') throw new StorageError('put', key, { cause: new Error('throttled') });
}
