import { invalidField, type Outcome } from '../core/failure.ts';
import { sha256Hex } from '../core/hex.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { MANIFEST_SCHEMA_VERSION, type Manifest, ManifestSchema } from './manifest.ts';
import { manifestKey, packPrefix } from './model-keys.ts';

/** One immutable version of a model in storage. */
export interface PackLocation {
  /** `models` or `tenants/{tenant}/models`. */
  readonly root: string;
  readonly name: string;
  readonly version: string;
}

/** Two locations are the same pack when all three parts are. */
export function packId(location: PackLocation): string {
  return `${location.root}/${location.name}@${location.version}`;
}

/** Reads and checks a pack's manifest. `null` when there is none at this place. */
export async function readManifest(store: BlobStore, location: PackLocation): Promise<Outcome<Manifest | null>> {
  const found = await store.get(manifestKey(location.root, location.name, location.version));
  if (found.kind === 'missing') return ok(null);
  return parseManifest(await found.bytes(), location);
}

/** The manifest in `bytes`, if it is one of a schema this code knows and describes the pack at `location`. */
export function parseManifest(bytes: Uint8Array, location: PackLocation): Outcome<Manifest> {
  const label = `${location.name}@${location.version}`;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return unusable(`The manifest of ${label} is not JSON.`);
  }
  const schemaVersion = typeof json === 'object' && json !== null ? Reflect.get(json, 'schemaVersion') : undefined;
  if (typeof schemaVersion === 'number' && schemaVersion > MANIFEST_SCHEMA_VERSION) {
    return unusable(
      `The manifest of ${label} has schema version ${schemaVersion}; this deployment reads up to ${MANIFEST_SCHEMA_VERSION}. Update Edgemark.`,
    );
  }
  const parsed = ManifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return unusable(`The manifest of ${label} is not valid: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  if (parsed.data.name !== location.name || parsed.data.version !== location.version) {
    return unusable(`The manifest of ${label} names another pack: ${parsed.data.name}@${parsed.data.version}.`);
  }
  return ok(parsed.data);
}

/** One of the pack's files, whole, with its size and SHA-256 as the manifest says. */
export async function readPackFile(
  store: BlobStore,
  location: PackLocation,
  manifest: Manifest,
  path: string,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const label = `${path} of ${manifest.name}@${manifest.version}`;
  const declared = manifest.files.find((file) => file.path === path);
  if (!declared) return unusable(`The manifest does not list ${label}.`);
  const found = await store.get(packPrefix(location.root, location.name, location.version) + path);
  if (found.kind === 'missing') return unusable(`The file ${label} is missing.`);
  if (found.sizeBytes !== declared.sizeBytes) {
    return unusable(`The file ${label} has ${found.sizeBytes} bytes, the manifest says ${declared.sizeBytes}.`);
  }
  const bytes = await found.bytes();
  if ((await sha256Hex(bytes)) !== declared.sha256) {
    return unusable(`The file ${label} was altered: its SHA-256 is not the one in the manifest.`);
  }
  return ok(bytes);
}

/** Reads every file of a pack, one after the other: each is there, with the size and SHA-256 that the manifest says. */
export async function verifyPack(
  store: BlobStore,
  location: PackLocation,
  manifest: Manifest,
): Promise<Outcome<undefined>> {
  for (const { path } of manifest.files) {
    const read = await readPackFile(store, location, manifest, path);
    if (!read.ok) return read;
  }
  return ok(undefined);
}

/** The caller's mistake, not the pack's: it was asked for something that it isn't made for. */
export function wrongTask({ name, version, task }: Manifest, wanted: string): Outcome<never> {
  const hint = 'GET /v1/models lists what each model is for';
  return invalidField('model', `${name}@${version} is made for ${task}, it is not ${wanted}; ${hint}`);
}

function unusable(detail: string): Outcome<never> {
  return fail({ kind: 'model-unusable', detail });
}
