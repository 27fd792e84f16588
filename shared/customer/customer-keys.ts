/** Where what is known of a tenant's customers and goods lives. `date` is a UTC day, `YYYY-MM-DD`. */
function tenantPrefix(tenant: string): string {
  return `tenants/${tenant}/`;
}

/** What is kept in parts of lines: what customers did, what items are, what customers are, which labels were right. */
export type PartFamily = 'events' | 'items' | 'users' | 'feedback';

/** Parts of one family in Hive layout, by day of arrival. */
export function partsPrefix(tenant: string, family: PartFamily, date?: string): string {
  return `${tenantPrefix(tenant)}${family}/${date === undefined ? '' : `dt=${date}/`}`;
}

export function partKey(tenant: string, family: PartFamily, date: string, sha256: string): string {
  return `${partsPrefix(tenant, family, date)}${sha256}.ndjson.gz`;
}

export function eventsPrefix(tenant: string, date?: string): string {
  return partsPrefix(tenant, 'events', date);
}

/**
 * `sha256` is of the part's lines before they are compressed, without the moment of arrival: the same request makes the same part.
 */
export function eventPartKey(tenant: string, date: string, sha256: string): string {
  return partKey(tenant, 'events', date, sha256);
}

export function acknowledgementsPrefix(tenant: string, date: string): string {
  return `${tenantPrefix(tenant)}acks/dt=${date}/`;
}

/** Says that the effects of a part are where they belong: of events, in the profiles. */
export function acknowledgementKey(tenant: string, date: string, sha256: string): string {
  return `${acknowledgementsPrefix(tenant, date)}${sha256}.json`;
}

/** Which parts of a day were written anew as others: see part-merges.ts. */
export function mergesKey(tenant: string, family: PartFamily, date: string): string {
  return `${tenantPrefix(tenant)}merges/${family}/dt=${date}.json`;
}

/** Folders by the first two digits, so that no listing meets all customers at once. */
export function profileKey(tenant: string, pseudonym: string): string {
  return `${tenantPrefix(tenant)}profiles/${pseudonym.slice(0, 2)}/${pseudonym}.json`;
}

export function tombstoneKey(tenant: string, pseudonym: string): string {
  return `${erasedPrefix(tenant)}${pseudonym.slice(0, 2)}/${pseudonym}.json`;
}

/** Tombstones of all customers that were erased. */
export function erasedPrefix(tenant: string): string {
  return `${tenantPrefix(tenant)}erased/`;
}

export function itemPartKey(tenant: string, date: string, sha256: string): string {
  return partKey(tenant, 'items', date, sha256);
}

/** An immutable snapshot of the catalogue. */
export function catalogueSnapshotKey(tenant: string, revision: string): string {
  return `${tenantPrefix(tenant)}catalogue/${revision}.json.gz`;
}

/** What a tenant wants done with its customers' data. */
export function policyKey(tenant: string): string {
  return `${tenantPrefix(tenant)}policy.json`;
}

/** Names the snapshot that holds. */
export function cataloguePointerKey(tenant: string): string {
  return `${tenantPrefix(tenant)}catalogue/current.json`;
}

export function armsPrefix(tenant: string): string {
  return `${tenantPrefix(tenant)}arms/`;
}

/** A/B definition that a `model` text may name. */
export function armsKey(tenant: string, name: string): string {
  return `${armsPrefix(tenant)}${name}.json`;
}
