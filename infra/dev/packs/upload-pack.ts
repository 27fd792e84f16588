import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { manifestKey, packPrefix } from '../../../shared/model/model-keys.ts';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';
import { MANIFEST_FILE } from './pack-folder.ts';

/** A pack in a folder, verified, on its way to `{root}/{name}/{version}/`. */
export interface PackUpload {
  readonly folder: string;
  readonly manifest: Manifest;
  /** The manifest's bytes as they are stored. */
  readonly manifestBytes: Uint8Array<ArrayBuffer>;
  readonly root: string;
}

export function packUpload(folder: string, manifest: Manifest, root: string): PackUpload {
  return { folder, manifest, manifestBytes: readBytes(join(folder, MANIFEST_FILE)), root };
}

/** Whether the store has this very version, another pack under its number, or none. */
export async function compareStored(store: BlobStore, upload: PackUpload): Promise<'same' | 'different' | 'missing'> {
  const found = await store.get(manifestKey(upload.root, upload.manifest.name, upload.manifest.version));
  if (found.kind === 'missing') return 'missing';
  return Buffer.from(await found.bytes()).equals(upload.manifestBytes) ? 'same' : 'different';
}

/** Writes the files, then the manifest: readers look for the manifest, so they see a pack whole or not at all. */
export async function uploadPack(store: BlobStore, upload: PackUpload): Promise<void> {
  const { name, version, files } = upload.manifest;
  for (const file of files) {
    await write(store, packPrefix(upload.root, name, version) + file.path, readBytes(join(upload.folder, file.path)));
  }
  await write(store, manifestKey(upload.root, name, version), upload.manifestBytes);
}

async function write(store: BlobStore, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const result = await store.put(key, bytes);
  if (result.kind !== 'written') throw new Error(`${key} was not written: ${result.kind}`);
}

function readBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path));
}
