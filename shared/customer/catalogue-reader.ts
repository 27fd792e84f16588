import { gunzip } from '../core/gzip.ts';
import { fromJsonBytes } from '../core/json-bytes.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { CataloguePointerSchema, type CatalogueSnapshot, CatalogueSnapshotSchema } from './catalogue.ts';
import { cataloguePointerKey, catalogueSnapshotKey } from './customer-keys.ts';

/** A snapshot is trusted this long: a change of the catalogue is seen at most so much later. */
const CACHE_MS = 30_000;
/** Tenants whose catalogue is kept. */
const MAX_TENANTS = 8;

interface Cached {
  readonly snapshot: CatalogueSnapshot | null;
  readonly untilMs: number;
}

/** Gives tenants' catalogues, at most 30 s old; the same object while the revision stays. */
export interface CatalogueReader {
  /** `null` where the tenant has told of no item. */
  read(tenant: string): Promise<CatalogueSnapshot | null>;
}

export function createCatalogueReader(store: BlobStore, clock: Clock): CatalogueReader {
  const cache = new Map<string, Cached>();
  return {
    async read(tenant) {
      const cached = cache.get(tenant);
      if (cached && cached.untilMs > clock.now()) return cached.snapshot;
      const snapshot = await readCatalogue(store, tenant, cached?.snapshot ?? null);
      cache.delete(tenant);
      if (cache.size >= MAX_TENANTS) cache.delete(cache.keys().next().value ?? '');
      cache.set(tenant, { snapshot, untilMs: clock.now() + CACHE_MS });
      return snapshot;
    },
  };
}

/** The snapshot that the pointer names; `known` itself where that is it. */
export async function readCatalogue(
  store: BlobStore,
  tenant: string,
  known: CatalogueSnapshot | null,
): Promise<CatalogueSnapshot | null> {
  const pointer = await store.get(cataloguePointerKey(tenant));
  if (pointer.kind === 'missing') return null;
  const { revision } = CataloguePointerSchema.parse(fromJsonBytes(await pointer.bytes()));
  if (known?.revision === revision) return known;
  const found = await store.get(catalogueSnapshotKey(tenant, revision));
  if (found.kind === 'missing')
    throw new Error(`the catalogue's pointer of ${tenant} names a snapshot that is not there`);
  return CatalogueSnapshotSchema.parse(fromJsonBytes(await gunzip(await found.bytes())));
}
