import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { type Manifest, ManifestSchema } from '../../shared/model/manifest.ts';
import { packPrefix, SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';

export const STARTERS = fileURLToPath(new URL('../../infra/starter/', import.meta.url));

/** Names of the packs that ship with the repository: all, or those of one task. */
export function starterNames(task?: Manifest['task']): string[] {
  return readdirSync(STARTERS)
    .filter((name) => existsSync(`${STARTERS}${name}/manifest.json`))
    .filter((name) => task === undefined || starterManifest(name).task === task)
    .sort();
}

export function starterManifest(name: string): Manifest {
  return ManifestSchema.parse(JSON.parse(readFileSync(`${STARTERS}${name}/manifest.json`, 'utf8')));
}

/** A store in memory that holds one starter pack. */
export async function starterStore(name: string): Promise<BlobStore> {
  const store = createMemoryBlobStore();
  await copyStarter(store, name);
  return store;
}

/** Writes a starter pack where shared packs lie. */
export async function copyStarter(store: BlobStore, name: string): Promise<void> {
  const manifest = starterManifest(name);
  const prefix = packPrefix(SHARED_MODELS_ROOT, name, manifest.version);
  for (const path of ['manifest.json', ...manifest.files.map((file) => file.path)]) {
    await store.put(prefix + path, new Uint8Array(readFileSync(`${STARTERS}${name}/${path}`)));
  }
}
