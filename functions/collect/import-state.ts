import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import type { BlobStore, PutCondition, PutResult } from '../../shared/ports/blob-store.ts';
import { ImportSettingsSchema } from './contract-imports.ts';

/** `tenants/{tenant}/imports/{id}.json`, schema version 1: how far an import is, and how its file is understood. */
const ImportStateSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  importId: z.string(),
  status: z.enum(['open', 'finished']),
  startedAt: z.iso.datetime(),
  settings: ImportSettingsSchema,
  nextPart: z.int().positive(),
  reader: z
    .object({
      format: z.enum(['csv', 'ndjson']),
      columns: z.array(z.string()).nullable(),
      delimiter: z.string().nullable(),
      carry: z.string(),
      line: z.int(),
    })
    .nullable(),
  /** Bytes of a character that was cut, in base64. */
  tail: z.string(),
  understanding: z
    .object({
      kind: z.enum(['orders', 'events', 'items']),
      mapping: z.record(z.string(), z.string()),
      dateFormat: z.enum(['iso', 'mdy', 'dmy', 'unix-s', 'unix-ms']),
    })
    .nullable(),
  rows: z.object({ read: z.int(), accepted: z.int(), guests: z.int(), duplicates: z.int(), rejected: z.int() }),
  rejectedBy: z.record(z.string(), z.int()),
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
  items: z.int(),
  period: z.object({ from: z.string(), to: z.string() }).nullable(),
});

export type ImportState = Omit<z.infer<typeof ImportStateSchema>, 'schemaVersion' | 'revision'>;

export function newImport(importId: string, startedAt: string, settings: ImportState['settings']): ImportState {
  return {
    importId,
    status: 'open',
    startedAt,
    settings,
    nextPart: 1,
    reader: null,
    tail: '',
    understanding: null,
    rows: { read: 0, accepted: 0, guests: 0, duplicates: 0, rejected: 0 },
    rejectedBy: {},
    rejected: [],
    items: 0,
    period: null,
  };
}

export interface ReadImport {
  readonly state: ImportState;
  readonly condition: PutCondition;
}

export async function readImport(store: BlobStore, tenant: string, importId: string): Promise<ReadImport | null> {
  const found = await store.get(importKey(tenant, importId));
  if (found.kind === 'missing') return null;
  const { schemaVersion: _, revision: __, ...state } = ImportStateSchema.parse(fromJsonBytes(await found.bytes()));
  return { state, condition: { ifMatch: found.etag } };
}

export function writeImport(
  store: BlobStore,
  tenant: string,
  state: ImportState,
  revision: string,
  condition: PutCondition,
): Promise<PutResult> {
  return store.put(importKey(tenant, state.importId), toJsonBytes({ schemaVersion: 1, revision, ...state }), condition);
}

function importKey(tenant: string, importId: string): string {
  return `tenants/${tenant}/imports/${importId}.json`;
}
