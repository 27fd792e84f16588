import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/paths.mjs';

/** Enough that the limit never ends a load; it is still counted on each request. */
const REQUESTS_PER_MINUTE = 1_000_000_000;
export const TENANT = 'bench';

/**
 * Lays out object storage in a folder as the functions read it: the starter packs' folders with
 * their production aliases, and the key's record.
 * @returns {{folder: string, apiKey: string}}
 */
export function stageStorage(folder) {
  for (const pack of starterPacks()) stagePack(folder, pack);
  return stageKey(folder);
}

/** Storage that holds nothing but the key's record. */
export function stageKey(folder) {
  const apiKey = `em_bench-${randomUUID()}`;
  const hash = createHash('sha256').update(apiKey).digest('hex');
  // A key that is not of the public form has an id made from its hash (shared/core/api-key.ts).
  const id = `sha256-${hash.slice(0, 24)}`;
  writeJson(join(folder, 'keys', `${id}.json`), {
    schemaVersion: 1,
    revision: randomUUID(),
    id,
    tenant: TENANT,
    hash,
    scopes: ['*'],
    limits: { requestsPerMinute: REQUESTS_PER_MINUTE },
    createdAt: new Date().toISOString(),
  });
  return { folder, apiKey };
}

function starterPacks() {
  const starter = join(ROOT, 'infra', 'starter');
  const folders = readdirSync(starter).map((name) => join(starter, name));
  return folders.filter((pack) => existsSync(join(pack, 'manifest.json')));
}

/** A pack's folder under its name, with its production alias. */
export function stagePack(folder, source) {
  const { name, version } = JSON.parse(readFileSync(join(source, 'manifest.json'), 'utf8'));
  const target = join(folder, 'models', name);
  cpSync(source, join(target, version), { recursive: true });
  writeJson(join(target, 'aliases', 'production.json'), {
    schemaVersion: 1,
    revision: randomUUID(),
    alias: 'production',
    version,
    updatedAt: new Date().toISOString(),
  });
}

function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
