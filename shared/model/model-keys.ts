/** Where a model's objects live; `root` is `models` for shared packs or `tenants/{tenant}/models` for a tenant's own. */
export const SHARED_MODELS_ROOT = 'models';

export function tenantModelsRoot(tenant: string): string {
  return `tenants/${tenant}/models`;
}

/** Where a tenant keeps pictures that `tag` may read by key. */
export function tenantImagesPrefix(tenant: string): string {
  return `tenants/${tenant}/images/`;
}

export function packPrefix(root: string, name: string, version: string): string {
  return `${root}/${name}/${version}/`;
}

export function manifestKey(root: string, name: string, version: string): string {
  return `${packPrefix(root, name, version)}manifest.json`;
}

export function aliasKey(root: string, name: string, alias: string): string {
  return `${root}/${name}/aliases/${alias}.json`;
}

export function aliasPrefix(root: string, name: string): string {
  return `${root}/${name}/aliases/`;
}

/** `move` counts from 1. Six digits keep the listing in order. */
export function historyKey(root: string, name: string, move: number): string {
  return `${root}/${name}/history/${String(move).padStart(6, '0')}.json`;
}
