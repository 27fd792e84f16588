import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { readStream } from '../../../shared/core/read-stream.ts';

/** Files that are not whole yet lie here, on the same file system. */
const UNFINISHED = '.unfinished';
const MISSING = { kind: 'missing' };

/**
 * The port `BlobStore` over a folder that several processes share: a file an object, written whole under another name. Of two that
 * create the same object one wins, as `link` fails where the name is taken. What a measurement does not need is missing: overwriting only
 * one version, pages, folders.
 */
export function createFolderBlobStore(folder) {
  const pathOf = (key) => join(folder, key);
  const head = async (key) => {
    const found = await stat(pathOf(key)).catch(() => null);
    if (found === null || !found.isFile()) return MISSING;
    return { kind: 'found', key, etag: `${found.size}-${found.mtimeMs}`, sizeBytes: found.size };
  };
  return {
    head,
    async get(key, range) {
      const info = await head(key);
      if (info.kind === 'missing') return info;
      const start = range?.offset ?? 0;
      const end = Math.min(info.sizeBytes, range?.length === undefined ? Infinity : start + range.length);
      const open = () =>
        end <= start
          ? new ReadableStream({ start: (controller) => controller.close() })
          : Readable.toWeb(createReadStream(pathOf(key), { start, end: end - 1 }));
      let body;
      return {
        ...info,
        get body() {
          body ??= open();
          return body;
        },
        bytes: () => readStream(open(), Math.max(0, end - start)),
      };
    },
    async put(key, body, condition) {
      if (!(body instanceof Uint8Array) || (condition && 'ifMatch' in condition)) throw new Error('is not measured');
      const unfinished = join(folder, UNFINISHED, randomUUID());
      await mkdir(dirname(unfinished), { recursive: true });
      await mkdir(dirname(pathOf(key)), { recursive: true });
      await writeFile(unfinished, body);
      if (!condition) {
        await rename(unfinished, pathOf(key));
        return { kind: 'written', etag: (await head(key)).etag };
      }
      const isOurs = await link(unfinished, pathOf(key)).then(
        () => true,
        () => false,
      );
      await rm(unfinished);
      return isOurs ? { kind: 'written', etag: (await head(key)).etag } : { kind: 'conflict' };
    },
    async list({ prefix }) {
      const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const names = await readdir(pathOf(parent), { recursive: true, withFileTypes: true }).catch(() => []);
      const keys = names
        .filter((name) => name.isFile())
        .map((name) => join(name.parentPath, name.name).slice(folder.length + 1))
        .filter((key) => key.startsWith(prefix))
        .sort();
      return { blobs: keys.map((key) => ({ key, etag: '', sizeBytes: 0 })), folders: [] };
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}
