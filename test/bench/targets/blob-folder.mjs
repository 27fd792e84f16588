import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Files that are not whole yet lie here, on the same file system. */
const UNFINISHED = '.unfinished';

/**
 * Object storage in a folder: a file an object, written whole under another name and renamed. What is there is read once, at the
 * start, and kept in memory with its MD5 as the ETag, as R2 has it; nobody else may write. Conditions and the writes that depend on
 * them follow one another for each key.
 * @param {string} folder
 * @param {{isSynced: boolean}} options with `isSynced` a write is answered after `fdatasync` of the file and `fsync` of its folder, so that it
 *   outlives a power failure; without, the kernel writes when it likes, and it outlives only the end of the process
 */
export async function openBlobFolder(folder, { isSynced }) {
  await mkdir(join(folder, UNFINISHED), { recursive: true });
  const known = await readObjects(folder);
  const inTurn = createTurns();
  const folders = new Map();

  async function write(key, bytes) {
    const path = pathOf(folder, key);
    const unfinished = join(folder, UNFINISHED, randomUUID());
    const parent = dirname(path);
    const made = folders.get(parent) ?? makeFolder(parent, isSynced);
    folders.set(parent, made);
    await made;
    if (isSynced) {
      await writeSynced(unfinished, bytes);
      await rename(unfinished, path);
      await syncFolder(parent);
    } else {
      // Only the kernel's memory is written: quicker than to hand it to another thread.
      writeFileSync(unfinished, bytes);
      renameSync(unfinished, path);
    }
    const object = { key, etag: etagOf(bytes), sizeBytes: bytes.length, uploadedMs: Date.now() };
    known.set(key, object);
    return object;
  }

  return {
    /** What is known of the object, or undefined. */
    head: (key) => known.get(key),
    /** Object and content of the same moment, or undefined. */
    get: (key) =>
      inTurn(key, async () => {
        const object = known.get(key);
        return object && { object, bytes: readFileSync(pathOf(folder, key)) };
      }),
    /** The object that was written, or null where `holds` says no of the one that is there. */
    put: (key, bytes, holds) => inTurn(key, async () => (holds(known.get(key)) ? write(key, bytes) : null)),
    delete: (key) =>
      inTurn(key, async () => {
        if (!known.delete(key)) return;
        const path = pathOf(folder, key);
        await rm(path);
        if (isSynced) await syncFolder(dirname(path));
      }),
    /** All objects whose keys begin so, by key. */
    list: (prefix) =>
      [...known.values()]
        .filter(({ key }) => key.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))),
  };
}

/** Runs what belongs to one key one after the other. */
function createTurns() {
  const last = new Map();
  return async (key, work) => {
    const before = last.get(key);
    const mine = before === undefined ? work() : before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

async function readObjects(folder) {
  const known = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(folder, path);
    if (!entry.isFile() || key.startsWith(UNFINISHED)) continue;
    const bytes = await readFile(path);
    known.set(key, { key, etag: etagOf(bytes), sizeBytes: bytes.length, uploadedMs: (await stat(path)).mtimeMs });
  }
  return known;
}

/** A new folder is there after a power failure if those above it know of it. */
async function makeFolder(path, isSynced) {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined || !isSynced) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function writeSynced(path, bytes) {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path) {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function etagOf(bytes) {
  return createHash('md5').update(bytes).digest('hex');
}

function pathOf(folder, key) {
  if (key.split('/').some((name) => name === '' || name === '.' || name === '..')) throw new Error('no key for a file');
  return join(folder, key);
}
