import { gzip } from '../../shared/core/gzip.ts';
import type { CatalogueItem } from '../../shared/customer/catalogue.ts';
import { cataloguePointerKey, catalogueSnapshotKey, profileKey } from '../../shared/customer/customer-keys.ts';
import type { Profile } from '../../shared/customer/profile.ts';
import { createPseudonymizer } from '../../shared/customer/pseudonym.ts';
import { parsePseudonymSecret } from '../../shared/customer/pseudonym-secret.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { PSEUDONYM_SECRET } from './test-server.ts';
import { utf8 } from './utf8.ts';

const LONG_AGO = '2026-01-01T00:00:00Z';

/** Something that a customer did, by type. */
export interface SeededEvent {
  readonly itemId: string;
  readonly at: string;
  readonly value?: number;
}

/** Writes the profile that these events would have made. */
export async function seedProfile(
  store: BlobStore,
  tenant: string,
  userId: string,
  events: Readonly<Record<string, readonly SeededEvent[]>>,
): Promise<void> {
  const pseudonymizer = createPseudonymizer(parsePseudonymSecret(PSEUDONYM_SECRET));
  const profile: Profile = {
    schemaVersion: 1,
    revision: crypto.randomUUID(),
    keyVersion: pseudonymizer.keyVersion,
    events: Object.fromEntries(
      Object.entries(events).map(([type, list]) => [
        type,
        list.map((event, at) => ({ id: `${type}-${at}`, ...event })),
      ]),
    ),
  };
  const key = profileKey(tenant, await pseudonymizer.pseudonym(tenant, userId));
  await store.put(key, utf8(JSON.stringify(profile)));
}

/** Makes these the tenant's catalogue. */
export async function seedCatalogue(
  store: BlobStore,
  tenant: string,
  revision: string,
  items: readonly CatalogueItem[],
): Promise<void> {
  const known = items.map((item) => ({ ...item, firstSeenAt: LONG_AGO, updatedAt: LONG_AGO }));
  const snapshot = { schemaVersion: 1, revision, items: known };
  await store.put(catalogueSnapshotKey(tenant, revision), await gzip(utf8(JSON.stringify(snapshot))));
  const pointer = { schemaVersion: 1, revision, updatedAt: LONG_AGO };
  await store.put(cataloguePointerKey(tenant), utf8(JSON.stringify(pointer)));
}
