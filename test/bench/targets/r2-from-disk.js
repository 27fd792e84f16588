/**
 * Local R2 for a bare workerd: answers the protocol that workerd's R2 binding speaks (get, head, list) from a folder on disk, so
 * that the Worker under test keeps its own binding and stays the one that is deployed. Read only.
 *
 * The protocol, as the open-source runtime and its local simulator speak it: `GET /` with the request as JSON in the header
 * `cf-r2-request`; the answer begins with JSON metadata of `cf-r2-metadata-size` bytes, an object's content follows; an error is
 * a status with JSON in `cf-r2-error` (10007: no such key).
 */

const NO_SUCH_KEY = 10007;

/** The disk service answers a folder's listing as JSON and every file as bytes. */
const FOLDER_TYPE = 'application/json';

export default {
  async fetch(request, env) {
    const asked = JSON.parse(request.headers.get('cf-r2-request') ?? 'null');
    if (asked === null) return failure(501, 10000, 'only reads are served');
    if (asked.method === 'list') return list(env.DISK, asked);
    const file = await env.DISK.fetch(urlOf(asked.object));
    if (!file.ok || file.headers.get('content-type') === FOLDER_TYPE) {
      await file.body?.cancel();
      return failure(404, NO_SUCH_KEY, 'The specified key does not exist.');
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    return encode(describe(asked.object, bytes.length, file), asked.method === 'get' ? bytes : new Uint8Array(0));
  },
};

async function list(disk, { prefix = '', limit = 1000 }) {
  const keys = [];
  await walk(disk, '', prefix, keys);
  keys.sort();
  const objects = [];
  for (const key of keys.slice(0, limit)) {
    const file = await disk.fetch(urlOf(key));
    const bytes = await file.arrayBuffer();
    objects.push(describe(key, bytes.byteLength, file));
  }
  return encode({ objects, truncated: keys.length > limit, delimitedPrefixes: [] }, new Uint8Array(0));
}

/** Adds all keys under `folder` that start with `prefix`; folders that can't hold any are not read. */
async function walk(disk, folder, prefix, keys) {
  const answer = await disk.fetch(urlOf(folder));
  for (const { name, type } of await answer.json()) {
    const path = folder + name;
    if (type === 'directory' && (`${path}/`.startsWith(prefix) || prefix.startsWith(`${path}/`))) {
      await walk(disk, `${path}/`, prefix, keys);
    } else if (type === 'file' && path.startsWith(prefix)) {
      keys.push(path);
    }
  }
}

function describe(key, size, file) {
  const uploaded = Date.parse(file.headers.get('last-modified') ?? '') || 0;
  const etag = `${size.toString(16)}-${uploaded.toString(16)}`;
  return { name: key, version: etag, etag, size, uploaded, httpFields: {}, customFields: [], checksums: {} };
}

function encode(metadata, content) {
  const head = new TextEncoder().encode(JSON.stringify(metadata));
  const body = new Uint8Array(head.length + content.length);
  body.set(head);
  body.set(content, head.length);
  return new Response(body, { headers: { 'cf-r2-metadata-size': String(head.length) } });
}

function failure(status, v4code, message) {
  return new Response(null, { status, headers: { 'cf-r2-error': JSON.stringify({ version: 0, v4code, message }) } });
}

function urlOf(key) {
  return `http://disk/${key.split('/').map(encodeURIComponent).join('/')}`;
}
