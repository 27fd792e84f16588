import { randomUUID } from 'node:crypto';
import { apiKeyId } from '../../../shared/core/api-key.ts';
import { sha256Hex } from '../../../shared/core/hex.ts';
import { type KeyRecord, KeyRecordSchema, keyRecordKey } from '../../../shared/http/key-record.ts';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';

/** What a key may do. */
export type KeyGrant = Pick<KeyRecord, 'tenant' | 'scopes' | 'limits'> & Partial<Pick<KeyRecord, 'expiresAt'>>;

/** Writes the record of a key; of the key itself only the hash is stored. Returns the record. Throws for a grant that breaks the schema. */
export async function writeKeyRecord(store: BlobStore, keyText: string, grant: KeyGrant): Promise<KeyRecord> {
  const record = KeyRecordSchema.parse({
    schemaVersion: 1,
    revision: randomUUID(),
    id: await apiKeyId(keyText),
    hash: await sha256Hex(keyText),
    createdAt: new Date().toISOString(),
    ...grant,
  });
  await putRecord(store, record);
  return record;
}

export async function readKeyRecord(store: BlobStore, id: string): Promise<KeyRecord | undefined> {
  const found = await store.get(keyRecordKey(id));
  if (found.kind === 'missing') return undefined;
  return KeyRecordSchema.parse(JSON.parse(new TextDecoder().decode(await found.bytes())));
}

/** Marks a key revoked from now on; functions notice within 60 s. Returns undefined for an unknown id. */
export async function revokeKey(store: BlobStore, id: string): Promise<KeyRecord | undefined> {
  const record = await readKeyRecord(store, id);
  if (!record) return undefined;
  const revoked = { ...record, revision: randomUUID(), revokedAt: record.revokedAt ?? new Date().toISOString() };
  await putRecord(store, revoked);
  return revoked;
}

async function putRecord(store: BlobStore, record: KeyRecord): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
  const result = await store.put(keyRecordKey(record.id), bytes);
  if (result.kind !== 'written') throw new Error(`the key record was not written: ${result.kind}`);
}
