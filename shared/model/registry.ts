import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { listFolders } from '../ports/list-all.ts';
import { AliasDocumentSchema } from './alias.ts';
import { type Manifest, ModelNameSchema, ModelVersionSchema } from './manifest.ts';
import { aliasKey, aliasPrefix, manifestKey, SHARED_MODELS_ROOT, tenantModelsRoot } from './model-keys.ts';
import type { ModelReference } from './model-reference.ts';
import { type PackLocation, readManifest } from './pack.ts';

/** What a listing says of one model: its versions, aliases and the manifest that serves. */
export interface ModelEntry {
  readonly location: PackLocation;
  readonly manifest: Manifest;
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: readonly string[];
}

/** Finds models in storage: a tenant's own before the shared ones. Every call reads; `serving.ts` caches. */
export interface Registry {
  resolve(tenant: string, reference: ModelReference): Promise<Outcome<PackLocation>>;
  describe(tenant: string, name: string): Promise<Outcome<ModelEntry>>;
  /** The version that an alias of a shared model names; null where it names none that can be read. */
  resolveShared(reference: { readonly name: string; readonly alias: string }): Promise<string | null>;
  /** All models a tenant can use, by name; packs that can't be read are left out and named in `unreadable`. */
  list(tenant: string): Promise<{ readonly models: readonly ModelEntry[]; readonly unreadable: readonly string[] }>;
}

export function createRegistry(store: BlobStore): Registry {
  const registry: Registry = {
    async resolve(tenant, reference) {
      for (const root of rootsOf(tenant)) {
        const version = 'version' in reference ? ok(reference.version) : await readAlias(store, root, reference);
        if (!version.ok) return version;
        if (version.value === null) continue;
        const location = { root, name: reference.name, version: version.value };
        if ('alias' in reference) return ok(await locate(store, location));
        if (await hasManifest(store, location)) return ok(location);
      }
      return notFound(reference);
    },

    async resolveShared(reference) {
      const version = await readAlias(store, SHARED_MODELS_ROOT, reference);
      return version.ok ? version.value : null;
    },

    async describe(tenant, name) {
      const reference = { name, alias: 'production' };
      for (const root of rootsOf(tenant)) {
        const [versions, aliases] = await Promise.all([
          listVersions(store, root, name),
          listAliases(store, root, name),
        ]);
        if (!aliases.ok) return aliases;
        const version = aliases.value['production'] ?? versions.at(-1);
        if (version === undefined) continue;
        const location = await locate(store, { root, name, version });
        const manifest = await readManifest(store, location);
        if (!manifest.ok) return manifest;
        if (manifest.value) return ok({ location, manifest: manifest.value, aliases: aliases.value, versions });
      }
      return notFound(reference);
    },

    async list(tenant) {
      const names = new Set<string>();
      for (const root of rootsOf(tenant)) for (const name of await listNames(store, root)) names.add(name);
      const entries = await Promise.all(
        [...names].sort().map(async (name) => [name, await registry.describe(tenant, name)] as const),
      );
      return {
        models: entries.flatMap(([, entry]) => (entry.ok ? [entry.value] : [])),
        unreadable: entries.flatMap(([name, entry]) => (entry.ok ? [] : [name])),
      };
    },
  };
  return registry;
}

function rootsOf(tenant: string): readonly string[] {
  return [tenantModelsRoot(tenant), SHARED_MODELS_ROOT];
}

async function readAlias(
  store: BlobStore,
  root: string,
  reference: { readonly name: string; readonly alias: string },
): Promise<Outcome<string | null>> {
  const found = await store.get(aliasKey(root, reference.name, reference.alias));
  if (found.kind === 'missing') return ok(null);
  const version = parseAlias(await found.bytes());
  if (version !== null) return ok(version);
  return fail({ kind: 'model-unusable', detail: `The alias ${reference.alias} of ${reference.name} cannot be read.` });
}

/** The version that an alias document names, or null when it is damaged. */
function parseAlias(bytes: Uint8Array): string | null {
  try {
    return AliasDocumentSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).version;
  } catch {
    return null;
  }
}

/** A tenant's alias may name a shared version too: the one that it went back to. */
async function locate(store: BlobStore, location: PackLocation): Promise<PackLocation> {
  if (location.root === SHARED_MODELS_ROOT || (await hasManifest(store, location))) return location;
  const shared = { ...location, root: SHARED_MODELS_ROOT };
  return (await hasManifest(store, shared)) ? shared : location;
}

async function hasManifest(store: BlobStore, location: PackLocation): Promise<boolean> {
  return (await store.head(manifestKey(location.root, location.name, location.version))).kind === 'found';
}

async function listNames(store: BlobStore, root: string): Promise<string[]> {
  const folders = await listFolders(store, `${root}/`);
  return folders.filter((name) => ModelNameSchema.safeParse(name).success);
}

/** Versions in the order of their numbers, the newest last. */
async function listVersions(store: BlobStore, root: string, name: string): Promise<string[]> {
  const folders = await listFolders(store, `${root}/${name}/`);
  const versions = folders.filter((folder) => ModelVersionSchema.safeParse(folder).success);
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

async function listAliases(store: BlobStore, root: string, name: string): Promise<Outcome<Record<string, string>>> {
  const prefix = aliasPrefix(root, name);
  const page = await store.list({ prefix });
  const aliases: Record<string, string> = {};
  for (const blob of page.blobs) {
    const alias = blob.key.slice(prefix.length).replace(/\.json$/, '');
    const version = await readAlias(store, root, { name, alias });
    if (!version.ok) return version;
    if (version.value !== null) aliases[alias] = version.value;
  }
  return ok(aliases);
}

function notFound(reference: ModelReference): Outcome<never> {
  const selector = 'version' in reference ? `version ${reference.version}` : `alias ${reference.alias}`;
  return fail({
    kind: 'not-found',
    detail: `There is no model "${reference.name}" with ${selector}. GET /v1/models lists what there is.`,
  });
}
