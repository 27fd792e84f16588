import { z } from 'zod';
import { fromJsonBytes } from '../core/json-bytes.ts';
import type { BlobStore, PutCondition } from '../ports/blob-store.ts';
import { type ArmsDocument, ArmsDocumentSchema, ArmsTombstoneSchema } from './arms.ts';

const StoredSchema = z.union([ArmsDocumentSchema, ArmsTombstoneSchema]);

/** What lies under the key of an A/B definition, with the condition under which it may be written again. */
export interface ReadArms {
  /** `null` where there is none, or none any more. */
  readonly content: ArmsDocument | 'damaged' | null;
  readonly condition: PutCondition;
}

export async function readStoredArms(store: BlobStore, key: string): Promise<ReadArms> {
  const found = await store.get(key);
  if (found.kind === 'missing') return { content: null, condition: { ifNoneMatch: '*' } };
  return { content: parseArms(await found.bytes()), condition: { ifMatch: found.etag } };
}

function parseArms(bytes: Uint8Array): ReadArms['content'] {
  try {
    const stored = StoredSchema.parse(fromJsonBytes(bytes));
    return 'arms' in stored ? stored : null;
  } catch {
    return 'damaged';
  }
}
