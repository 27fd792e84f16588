/** Where what is known of a tenant's customers and goods lives. `date` is a UTC day, `YYYY-MM-DD`. */
function tenantPrefix(tenant: string): string {
  return `tenants/${tenant}/`;
}

/** Parts of accepted events in Hive layout, by day of arrival. */
export function eventsPrefix(tenant: string, date?: string): string {
  return `${tenantPrefix(tenant)}events/${date === undefined ? '' : `dt=${date}/`}`;
}

/** `sha256` is of the part's text before it is compressed: the same request makes the same part. */
export function eventPartKey(tenant: string, date: string, sha256: string): string {
  return `${eventsPrefix(tenant, date)}${sha256}.ndjson.gz`;
}

/** Says that the effects of a part are in the profiles. */
export function acknowledgementKey(tenant: string, date: string, sha256: string): string {
  return `${tenantPrefix(tenant)}acks/dt=${date}/${sha256}.json`;
}

/** Folders by the first two digits, so that no listing meets all customers at once. */
export function profileKey(tenant: string, pseudonym: string): string {
  return `${tenantPrefix(tenant)}profiles/${pseudonym.slice(0, 2)}/${pseudonym}.json`;
}

export function tombstoneKey(tenant: string, pseudonym: string): string {
  return `${tenantPrefix(tenant)}erased/${pseudonym.slice(0, 2)}/${pseudonym}.json`;
}

export function itemPartKey(tenant: string, date: string, sha256: string): string {
  return `${tenantPrefix(tenant)}items/dt=${date}/${sha256}.ndjson.gz`;
}

/** An immutable snapshot of the catalogue. */
export function catalogueSnapshotKey(tenant: string, revision: string): string {
  return `${tenantPrefix(tenant)}catalogue/${revision}.json.gz`;
}

/** Names the snapshot that holds. */
export function cataloguePointerKey(tenant: string): string {
  return `${tenantPrefix(tenant)}catalogue/current.json`;
}

/** A/B definition that a `model` text may name. */
export function armsKey(tenant: string, name: string): string {
  return `${tenantPrefix(tenant)}arms/${name}.json`;
}

/** The UTC day of a moment: the value of a part's `dt`. */
export function utcDate(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
