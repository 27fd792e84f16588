import type { BlobStore } from '../ports/blob-store.ts';

const TENANTS_PREFIX = 'tenants/';

/** All tenants that have anything in storage. */
export async function listTenants(store: BlobStore): Promise<string[]> {
  const tenants: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { prefix: TENANTS_PREFIX, delimiter: '/' } as const;
    const page = await store.list(cursor === undefined ? query : { ...query, cursor });
    tenants.push(...page.folders.map((folder) => folder.slice(TENANTS_PREFIX.length, -1)));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return tenants;
}
