import { gunzip } from '../core/gzip.ts';
import { fromJsonBytes } from '../core/json-bytes.ts';
import { createRefreshedCache, type Defer } from '../core/refreshed-cache.ts';
import type { BlobStore, PutCondition } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { CataloguePointerSchema, type CatalogueSnapshot, CatalogueSnapshotSchema } from './catalogue.ts';
import { cataloguePointerKey, catalogueSnapshotKey } from './customer-keys.ts';

/** Tenants whose catalogue is kept. */
const MAX_TENANTS = 8;

/** Gives tenants' catalogues, at most 30 s old; the same object while the revision stays. */
export interface CatalogueReader {
  /** `null` where the tenant has told of no item. `defer` takes work that may end after the answer. */
  read(tenant: string, defer: Defer): Promise<CatalogueSnapshot | null>;
}

export function createCatalogueReader(store: BlobStore, clock: Clock): CatalogueReader {
  return createRefreshedCache<CatalogueSnapshot | null>({
    load: (tenant, known) => readCatalogue(store, tenant, known ?? null),
    now: clock.now,
    maxKeys: MAX_TENANTS,
  });
}

/** Which snapshot holds (`null`: none yet), with the condition under which another may take its place. */
export interface ReadPointer {
  readonly revision: string | null;
  readonly condition: PutCondition;
}

export async function readCataloguePointer(store: BlobStore, tenant: string): Promise<ReadPointer> {
  const found = await store.get(cataloguePointerKey(tenant));
  if (found.kind === 'missing') return { revision: null, condition: { ifNoneMatch: '*' } };
  const { revision } = CataloguePointerSchema.parse(fromJsonBytes(await found.bytes()));
  return { revision, condition: { ifMatch: found.etag } };
}

/** The snapshot of that revision; `known` itself where that is it. */
export async function readSnapshot(
  store: BlobStore,
  tenant: string,
  revision: string | null,
  known: CatalogueSnapshot | null,
): Promise<CatalogueSnapshot | null> {
  if (revision === null) return null;
  if (known?.revision === revision) return known;
  const found = await store.get(catalogueSnapshotKey(tenant, revision));
  if (found.kind === 'missing')
    throw new Error(`the catalogue's pointer of ${tenant} names a snapshot that is not there`);
  return CatalogueSnapshotSchema.parse(fromJsonBytes(await gunzip(await found.bytes())));
}

/** The snapshot that holds; `known` itself where that is it. */
export async function readCatalogue(
  store: BlobStore,
  tenant: string,
  known: CatalogueSnapshot | null,
): Promise<CatalogueSnapshot | null> {
  return readSnapshot(store, tenant, (await readCataloguePointer(store, tenant)).revision, known);
}
