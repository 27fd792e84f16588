/**
 * R2 for a bare workerd that writes: a process of its own, as R2 is another service, that answers the protocol of workerd's R2 binding
 * (see r2-from-disk.js) from a folder on disk. Reads are `GET /` with the request as JSON in `cf-r2-request`; writes are `PUT /` whose body
 * begins with that JSON, `cf-r2-metadata-size` bytes long. R2's limit of one write a second per key is not imitated. `GET /stats` counts
 * the objects that were written, by the third part of their keys. Environment: PORT, FOLDER, SYNCED (`yes` or `no`).
 */
import { createServer } from 'node:http';
import { openBlobFolder } from './blob-folder.mjs';

const { PORT, FOLDER, SYNCED } = process.env;
/** https://developers.cloudflare.com/r2/api/error-codes/ */
const NO_SUCH_KEY = { status: 404, v4code: 10007, message: 'The specified key does not exist.' };
const CONDITION_FAILED = { status: 412, v4code: 10031, message: 'A condition of the request does not hold.' };
const NOT_IMPLEMENTED = { status: 501, v4code: 10000, message: 'This is not imitated.' };
const MAX_LISTED = 1000;
const NOTHING = Buffer.alloc(0);

const blobs = await openBlobFolder(FOLDER, { isSynced: SYNCED === 'yes' });
const written = {};

createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 0 }, (request, response) => {
  answer(request)
    .catch((error) => {
      console.error(error);
      return failure({ status: 500, v4code: 10001, message: 'The folder could not be read or written.' });
    })
    .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
}).listen(Number(PORT), '127.0.0.1');

async function answer(request) {
  if (request.url === '/stats') return { status: 200, headers: {}, body: JSON.stringify(written) };
  const header = request.headers['cf-r2-request'];
  // Node takes a header's bytes for Latin-1; keys are UTF-8.
  if (header !== undefined) return read(JSON.parse(Buffer.from(header, 'latin1').toString()));
  const body = await bytesOf(request);
  const metadataSize = Number(request.headers['cf-r2-metadata-size']);
  return change(JSON.parse(body.subarray(0, metadataSize).toString()), body.subarray(metadataSize));
}

async function read(asked) {
  if (asked.method === 'list') return encode(list(asked));
  if (asked.method === 'head') {
    const object = blobs.head(asked.object);
    return object ? encode(describe(object)) : failure(NO_SUCH_KEY);
  }
  const isImitated = asked.onlyIf === undefined && asked.rangeHeader === undefined && asked.range?.suffix === undefined;
  if (asked.method !== 'get' || !isImitated) return failure(NOT_IMPLEMENTED);
  const found = await blobs.get(asked.object);
  if (found === undefined) return failure(NO_SUCH_KEY);
  const { object, bytes } = found;
  if (asked.range === undefined) return encode(describe(object), bytes);
  const offset = Number(asked.range.offset ?? 0);
  const content = bytes.subarray(offset, offset + Number(asked.range.length ?? bytes.length));
  return encode({ ...describe(object), range: { offset, length: content.length } }, content);
}

async function change(asked, content) {
  if (asked.method === 'delete') {
    for (const key of asked.objects ?? [asked.object]) await blobs.delete(key);
    return { status: 200, headers: {}, body: NOTHING };
  }
  if (asked.method !== 'put') return failure(NOT_IMPLEMENTED);
  const object = await blobs.put(asked.object, content, (present) => holds(asked.onlyIf ?? {}, present));
  if (object === null) return failure(CONDITION_FAILED);
  const kind = asked.object.split('/')[2] ?? '';
  written[kind] = (written[kind] ?? 0) + 1;
  return encode(describe(object));
}

/** Whether a write may be done beside the object that is there. */
function holds({ etagMatches, etagDoesNotMatch }, present) {
  const names = ({ type, value }) => present !== undefined && (type === 'wildcard' || value === present.etag);
  return (etagMatches?.some(names) ?? true) && !(etagDoesNotMatch?.some(names) ?? false);
}

/** A page of keys; what follows the prefix up to the delimiter is one folder, however much lies in it. */
function list({ prefix = '', cursor, delimiter, limit = MAX_LISTED }) {
  const objects = [];
  const folders = new Set();
  let last = cursor;
  let truncated = false;
  for (const object of blobs.list(prefix)) {
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const name = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
    if (folders.has(name) || (cursor !== undefined && Buffer.compare(Buffer.from(name), Buffer.from(cursor)) <= 0))
      continue;
    if (objects.length + folders.size === limit) {
      truncated = true;
      break;
    }
    if (end < 0) objects.push(describe(object));
    else folders.add(name);
    last = name;
  }
  return { objects, truncated, ...(truncated ? { cursor: last } : {}), delimitedPrefixes: [...folders] };
}

function describe({ key, etag, sizeBytes, uploadedMs }) {
  const uploaded = Math.round(uploadedMs);
  const version = `${etag}-${uploaded}`;
  return { name: key, version, etag, size: sizeBytes, uploaded, httpFields: {}, customFields: [], checksums: {} };
}

function encode(metadata, content = NOTHING) {
  const head = Buffer.from(JSON.stringify(metadata));
  const body = Buffer.concat([head, content]);
  return { status: 200, headers: { 'cf-r2-metadata-size': head.length, 'content-length': body.length }, body };
}

function failure({ status, v4code, message }) {
  return { status, headers: { 'cf-r2-error': JSON.stringify({ version: 0, v4code, message }) }, body: NOTHING };
}

async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
