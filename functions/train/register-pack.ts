import { sha256Hex } from '../../shared/core/hex.ts';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { manifestKey, packPrefix, tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { type PackLocation, parseManifest } from '../../shared/model/pack.ts';
import type { BlobStore, PutResult } from '../../shared/ports/blob-store.ts';
import type { Job } from './job.ts';
import { roundPackKey } from './job-keys.ts';

const MANIFEST = 'manifest.json';
/** Bytes of one file of a pack: what a Worker can hold beside the rest. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Why a pack does not become a version. */
export type PackFault = { readonly code: 'bad-pack' | 'version-exists'; readonly detail: string };

/**
 * Makes a round's pack a version of the tenant's model: each file is read, compared with what the answer and the manifest say, and
 * written to its place, the manifest last. Done twice it comes to the same.
 */
export async function registerPack(store: BlobStore, tenant: string, job: Job): Promise<Result<undefined, PackFault>> {
  const location = { root: tenantModelsRoot(tenant), ...job.pack };
  const made = job.made ?? { fence: 0, files: [] };
  const read = (path: string) => readMade(store, tenant, job.id, made, path);
  const manifestBytes = await read(MANIFEST);
  if (!manifestBytes.ok) return manifestBytes;
  const listed = checkManifest(manifestBytes.value, location, made.files);
  if (!listed.ok) return listed;
  for (const path of listed.value) {
    const bytes = await read(path);
    if (!bytes.ok) return bytes;
    const written = await writeOnce(
      store,
      packPrefix(location.root, location.name, location.version) + path,
      bytes.value,
    );
    if (!written.ok) return written;
  }
  return writeOnce(store, manifestKey(location.root, location.name, location.version), manifestBytes.value);
}

/** The paths of the pack's files beside the manifest. */
function checkManifest(
  bytes: Uint8Array,
  location: PackLocation,
  files: NonNullable<Job['made']>['files'],
): Result<string[], PackFault> {
  const manifest = parseManifest(bytes, location);
  if (!manifest.ok) return bad(manifest.failure.detail);
  const answered = new Map(files.map((file) => [file.path, file]));
  for (const { path, sha256, sizeBytes } of manifest.value.files) {
    const file = answered.get(path);
    if (!file) return bad(`The manifest lists ${path}, which the answer doesn't.`);
    if (file.sha256 !== sha256 || file.sizeBytes !== sizeBytes)
      return bad(`The manifest and the answer say different things of ${path}.`);
  }
  return ok(manifest.value.files.map(({ path }) => path));
}

async function readMade(
  store: BlobStore,
  tenant: string,
  id: string,
  { fence, files }: NonNullable<Job['made']>,
  path: string,
): Promise<Result<Uint8Array<ArrayBuffer>, PackFault>> {
  const file = files.find((candidate) => candidate.path === path);
  if (!file) return bad(`The answer names no ${path}.`);
  const found = await store.get(roundPackKey(tenant, id, fence, path));
  if (found.kind === 'missing') return bad(`The answer names ${path}, which is not there.`);
  if (found.sizeBytes !== file.sizeBytes || found.sizeBytes > MAX_FILE_BYTES) {
    await found.body.cancel();
    return bad(
      `${path} has ${found.sizeBytes} bytes; the answer says ${file.sizeBytes}, and ${MAX_FILE_BYTES} are taken.`,
    );
  }
  const bytes = await found.bytes();
  return (await sha256Hex(bytes)) === file.sha256
    ? ok(bytes)
    : bad(`${path} is not what the answer says: its SHA-256 differs.`);
}

/** A file that is there already must be the same: versions never change. */
async function writeOnce(
  store: BlobStore,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<undefined, PackFault>> {
  const written: PutResult = await store.put(key, bytes, { ifNoneMatch: '*' });
  if (written.kind === 'written') return ok(undefined);
  const found = await store.get(key);
  if (found.kind === 'found' && (await sha256Hex(await found.bytes())) === (await sha256Hex(bytes)))
    return ok(undefined);
  if (written.kind === 'throttled') throw new Error(`storage takes no write of ${key} for now`);
  return fail({ code: 'version-exists', detail: `${key} is there already, with another content.` });
}

function bad(detail: string): { readonly ok: false; readonly failure: PackFault } {
  return fail({ code: 'bad-pack', detail });
}
