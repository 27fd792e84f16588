import { apiKeyId } from '../../shared/core/api-key.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { type KeyRecord, keyRecordKey } from '../../shared/http/key-record.ts';
import type { AliasDocument } from '../../shared/model/alias.ts';
import { aliasKey, packPrefix, SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { TinyPack } from './tiny-pack.ts';
import { utf8 } from './utf8.ts';

/** When everything that tests seed was made. */
const LONG_AGO = '2026-01-01T00:00:00Z';

/** Writes a pack and, unless `alias` is null, points that alias at it. */
export async function seedPack(
  store: BlobStore,
  pack: TinyPack,
  options: { readonly root?: string; readonly alias?: string | null } = {},
): Promise<void> {
  const { root = SHARED_MODELS_ROOT, alias = 'production' } = options;
  const prefix = packPrefix(root, pack.name, pack.version);
  for (const [path, bytes] of pack.files) await write(store, prefix + path, bytes);
  if (alias !== null) await seedAlias(store, pack.name, alias, pack.version, root);
}

/** Points an alias at a version by its document alone, as a finished move leaves it. */
export async function seedAlias(
  store: BlobStore,
  name: string,
  alias: string,
  version: string,
  root = SHARED_MODELS_ROOT,
): Promise<void> {
  const document: AliasDocument = {
    schemaVersion: 1,
    revision: crypto.randomUUID(),
    alias,
    version,
    updatedAt: LONG_AGO,
  };
  await write(store, aliasKey(root, name, alias), utf8(JSON.stringify(document)));
}

/** Writes a key's record; without `changes` it may do everything, for tenant `acme`, as often as it likes. */
export async function seedKey(store: BlobStore, keyText: string, changes: Partial<KeyRecord> = {}): Promise<void> {
  const id = await apiKeyId(keyText);
  const record: KeyRecord = {
    schemaVersion: 1,
    revision: crypto.randomUUID(),
    id,
    tenant: 'acme',
    hash: await sha256Hex(keyText),
    scopes: ['*'],
    limits: { requestsPerMinute: 1_000_000 },
    createdAt: LONG_AGO,
    ...changes,
  };
  await write(store, keyRecordKey(id), utf8(JSON.stringify(record)));
}

async function write(store: BlobStore, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const result = await store.put(key, bytes);
  if (result.kind !== 'written') throw new Error(`${key} was not written: ${result.kind}`);
}
