import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import { BuildError } from './build-error.ts';
import { MAX_UPLOAD_BYTES } from './contract-uploads.ts';
import type { Downloads, PrepareDeps } from './deps.ts';
import { listUploadParts, readUpload, type UploadDocument, uploadPartKey, writeUpload } from './upload-parts.ts';

/** Bytes of a part that a download makes. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts that one delivery makes. */
const PARTS_A_DELIVERY = 16;
const MAX_REDIRECTS = 3;

/** Only HTTPS, only hosts that the operator names, nothing in the address but where the file is. */
export function checkAddress(address: string, { hosts }: Downloads): Outcome<URL> {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '')
    return invalidField('url', 'must be an https address without user, password and port');
  if (hosts.includes(url.hostname)) return ok(url);
  const known = hosts.length === 0 ? 'none is: the operator names them' : `these are: ${hosts.join(', ')}`;
  return invalidField('url', `files of ${url.hostname} are not allowed; ${known}`);
}

/** Carries a download on from the parts that are there. Whether nothing is left to do. */
export async function carryDownload(deps: PrepareDeps, tenant: string, id: string): Promise<boolean> {
  const upload = await readUpload(deps.store, tenant, id);
  if (upload?.status !== 'downloading' || upload.url === undefined) return true;
  try {
    const isWhole = await download(deps, tenant, upload, upload.url);
    if (isWhole) await writeUpload(deps.store, tenant, { ...upload, status: 'finished' }, deps.newId());
    return isWhole;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    await writeUpload(deps.store, tenant, { ...upload, status: 'failed', reason: error.message }, deps.newId());
    return true;
  }
}

async function download(deps: PrepareDeps, tenant: string, upload: UploadDocument, address: string): Promise<boolean> {
  const { store } = deps;
  const parts = await listUploadParts(store, tenant, upload.uploadId);
  const offset = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const response = await request(deps.downloads, address, offset);
  if (response === null) return true;
  let taken = offset;
  let part = parts.length;
  for await (const piece of piecesOf(response.body, response.skip)) {
    taken += piece.length;
    if (taken > MAX_UPLOAD_BYTES) throw new BuildError(`The file has more than ${MAX_UPLOAD_BYTES} bytes.`);
    part++;
    await store.put(uploadPartKey(tenant, upload.uploadId, part), piece);
    if (part - parts.length === PARTS_A_DELIVERY) return false;
  }
  if (taken === 0) throw new BuildError('The file is empty.');
  return true;
}

interface Opened {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes that are there already, of a server that begins anew. */
  readonly skip: number;
}

/** The file from `offset` on; null where there is nothing more. Redirections are followed to allowed hosts only. */
async function request(downloads: Downloads, address: string, offset: number): Promise<Opened | null> {
  let url = address;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const checked = checkAddress(url, downloads);
    if (!checked.ok) throw new BuildError(checked.failure.detail);
    const headers = { 'accept-encoding': 'identity', ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) };
    const response = await downloads.fetch(checked.value.href, { headers, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      url = new URL(location, checked.value).href;
      continue;
    }
    if (response.status === 416 && offset > 0) return null;
    if (response.status >= 500 || response.status === 429) throw new Error(`the address answers ${response.status}`);
    if ((response.status !== 200 && response.status !== 206) || !response.body)
      throw new BuildError(`The address answers ${response.status} in place of a file.`);
    return { body: response.body, skip: response.status === 206 ? 0 : offset };
  }
  throw new BuildError(`The address redirects more than ${MAX_REDIRECTS} times.`);
}

/** The bytes after the first `skip`, in pieces of one size but for the last. */
async function* piecesOf(body: ReadableStream<Uint8Array>, skip: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let piece = new Uint8Array(PART_BYTES);
  let filled = 0;
  let left = skip;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      let at = Math.min(left, next.value.length);
      left -= at;
      while (at < next.value.length) {
        const taken = next.value.subarray(at, at + PART_BYTES - filled);
        piece.set(taken, filled);
        filled += taken.length;
        at += taken.length;
        if (filled < PART_BYTES) continue;
        yield piece;
        piece = new Uint8Array(PART_BYTES);
        filled = 0;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (filled > 0) yield piece.slice(0, filled);
}
