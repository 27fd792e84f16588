import type { BlobStore } from '../ports/blob-store.ts';
import { listFolders } from '../ports/list-all.ts';

/** All tenants that have anything in storage. */
export function listTenants(store: BlobStore): Promise<string[]> {
  return listFolders(store, 'tenants/');
}
