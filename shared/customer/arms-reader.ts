import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { type ArmsDocument, ArmsDocumentSchema } from './arms.ts';
import { armsKey } from './customer-keys.ts';

/** Read again in the background after this long … */
const REFRESH_AFTER_MS = 10_000;
/** … and before the answer after this long: the times of a model's alias. */
const STALE_AFTER_MS = 30_000;
/** Names kept, most of which have no document. */
const MAX_CACHED = 1_000;

interface Cached {
  readonly document: ArmsDocument | null;
  readonly readAtMs: number;
  isRefreshing: boolean;
}

/** Gives the A/B definitions behind names, at most 30 s old, names without one included. */
export interface ArmsReader {
  /** `null` where the name means no experiment. `defer` takes work that may end after the answer. */
  read(tenant: string, name: string, defer: (work: Promise<unknown>) => void): Promise<Outcome<ArmsDocument | null>>;
}

export function createArmsReader(store: BlobStore, clock: Clock): ArmsReader {
  const cache = new Map<string, Cached>();

  async function load(tenant: string, name: string): Promise<Outcome<ArmsDocument | null>> {
    const readAtMs = clock.now();
    const document = await readArms(store, tenant, name);
    if (!document.ok) return document;
    const key = armsKey(tenant, name);
    cache.delete(key);
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
    cache.set(key, { document: document.value, readAtMs, isRefreshing: false });
    return document;
  }

  return {
    async read(tenant, name, defer) {
      const cached = cache.get(armsKey(tenant, name));
      const ageMs = cached ? clock.now() - cached.readAtMs : Number.POSITIVE_INFINITY;
      if (!cached || ageMs >= STALE_AFTER_MS) return load(tenant, name);
      if (ageMs >= REFRESH_AFTER_MS && !cached.isRefreshing) {
        // Should it never end, because its request was cancelled, the entry grows stale and is read before an answer.
        cached.isRefreshing = true;
        defer(load(tenant, name));
      }
      return ok(cached.document);
    },
  };
}

async function readArms(store: BlobStore, tenant: string, name: string): Promise<Outcome<ArmsDocument | null>> {
  const found = await store.get(armsKey(tenant, name));
  if (found.kind === 'missing') return ok(null);
  const parsed = parseArms(await found.bytes());
  if (parsed !== null) return ok(parsed);
  return fail({ kind: 'model-unusable', detail: `The A/B definition "${name}" cannot be read.` });
}

/** The document, or null when it is damaged. */
function parseArms(bytes: Uint8Array): ArmsDocument | null {
  try {
    return ArmsDocumentSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}
