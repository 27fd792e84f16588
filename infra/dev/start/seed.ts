import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeyId } from '../../../shared/core/api-key.ts';
import { PRODUCTION_ALIAS } from '../../../shared/model/alias.ts';
import { SHARED_MODELS_ROOT } from '../../../shared/model/model-keys.ts';
import { listMoves } from '../../../shared/model/move-alias.ts';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { readKeyRecord, writeKeyRecord } from '../keys/key-records.ts';
import { MANIFEST_FILE, verifyPackFolder } from '../packs/pack-folder.ts';
import { pointProduction } from '../packs/point-production.ts';
import { compareStored, type PackUpload, packUpload, uploadPack } from '../packs/upload-pack.ts';
import { ROOT } from '../workspace/paths.ts';

const SEEDED_BY = 'npm start';

/** High enough that nobody meets it while trying things, low enough that the headers still mean something. */
const LOCAL_REQUESTS_PER_MINUTE = 600_000;

/** Puts the starter packs that are not there yet into the store, and their production aliases. Says what it does. */
export async function seedStarterPacks(
  store: BlobStore,
  say: (line: string) => void,
  folder = join(ROOT, 'infra', 'starter'),
): Promise<void> {
  for (const packFolder of packFolders(folder)) {
    const verified = verifyPackFolder(packFolder);
    if (!verified.ok)
      throw new DevError(
        `the starter pack in ${packFolder} is broken: ${verified.failure.join('; ')}`,
        'Restore it: git checkout infra/starter',
      );
    await seedPack(store, packUpload(packFolder, verified.value, SHARED_MODELS_ROOT), say);
  }
}

/** The local key with all scopes. Written once for each key text. */
export async function seedLocalKey(store: BlobStore, keyText: string): Promise<void> {
  if (await readKeyRecord(store, await apiKeyId(keyText))) return;
  await writeKeyRecord(store, keyText, {
    tenant: 'local',
    scopes: ['*'],
    limits: { requestsPerMinute: LOCAL_REQUESTS_PER_MINUTE },
  });
}

function packFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, MANIFEST_FILE)));
}

async function seedPack(store: BlobStore, upload: PackUpload, say: (line: string) => void): Promise<void> {
  const { name, version } = upload.manifest;
  const stored = await compareStored(store, upload);
  if (stored !== 'same') {
    say(
      `storing the pack ${name}@${version}${stored === 'different' ? ' anew: the checkout has another one under this version' : ''}`,
    );
    await uploadPack(store, upload);
  }
  const last = (await listMoves(store, upload.root, name)).filter((move) => move.alias === PRODUCTION_ALIAS).at(-1);
  // An alias that somebody moved by hand stays where it was put.
  if (last && (last.by !== SEEDED_BY || last.to === version)) return;
  const moved = await pointProduction(store, {
    root: upload.root,
    name,
    version,
    by: SEEDED_BY,
    reason: 'starter pack',
  });
  if (!moved.ok) throw new Error(moved.failure.detail);
}
