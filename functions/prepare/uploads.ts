import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { readBody } from '../../shared/http/body.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { BlobBody } from '../../shared/ports/blob-store.ts';
import {
  MAX_PART_BYTES,
  MAX_UPLOAD_BYTES,
  UPLOAD_DAYS,
  type UploadAnswer,
  type UploadRequest,
} from './contract-uploads.ts';
import type { PrepareDeps } from './deps.ts';
import { checkAddress } from './download.ts';
import {
  listUploadParts,
  readUpload,
  type UploadDocument,
  type UploadPart,
  uploadPartKey,
  writeUpload,
} from './upload-parts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Bytes of a part that come without being announced: they are held in memory, as storage must know the size. */
const MAX_UNANNOUNCED_BYTES = 16 * 1024 * 1024;

/** A part as it streams in, or whole where its size was not said. */
export async function readPartBody(request: Request, headers: Headers): Promise<Outcome<BlobBody>> {
  const declared = headers.get('content-length') ?? '';
  if (!request.body || Number(declared || 1) === 0)
    return fail({ kind: 'malformed-body', detail: 'The body is empty; a part of the file is expected.' });
  if (!/^\d+$/.test(declared)) return readBody(request, headers, MAX_UNANNOUNCED_BYTES);
  const sizeBytes = Number(declared);
  if (sizeBytes <= MAX_PART_BYTES) return ok({ stream: request.body, sizeBytes });
  const detail = `The part is over the limit of ${MAX_PART_BYTES} bytes. Cut the file into more parts.`;
  return fail({ kind: 'too-large', detail, limitBytes: MAX_PART_BYTES });
}

export async function beginUpload(
  deps: PrepareDeps,
  { fileName, url }: UploadRequest,
  caller: Caller,
): Promise<Outcome<UploadAnswer>> {
  const address = url === undefined ? ok(undefined) : checkAddress(url, deps.downloads);
  if (!address.ok) return address;
  const upload: UploadDocument = {
    uploadId: deps.newId(),
    ...(fileName === undefined ? {} : { fileName }),
    createdAt: new Date(deps.clock.now()).toISOString(),
    ...(address.value === undefined ? { status: 'open' } : { status: 'downloading', url: address.value.href }),
  };
  await writeUpload(deps.store, caller.tenant, upload, deps.newId());
  if (upload.status === 'downloading') await deps.queue.send([{ tenant: caller.tenant, upload: upload.uploadId }]);
  return ok(answer(upload, [], caller));
}

/** Keeps a part; one that comes again replaces the one before, so that whoever got no answer sends it again. */
export async function putUploadPart(
  deps: PrepareDeps,
  { id, part }: { readonly id: string; readonly part: number },
  body: BlobBody,
  caller: Caller,
): Promise<Outcome<{ uploadId: string; part: number; requestId: string }>> {
  const upload = await readUpload(deps.store, caller.tenant, id);
  if (upload === null) return refuseBody(body, notFound(id));
  if (upload.status !== 'open')
    return refuseBody(body, conflict(`This upload is ${upload.status}; it takes no parts. Begin another one.`));
  const written = await deps.store.put(uploadPartKey(caller.tenant, id, part), body);
  if (written.kind === 'throttled') {
    const detail = 'Storage takes no more writes of this part at the moment.';
    return fail({ kind: 'unavailable', detail, retryAfterSeconds: written.retryAfterSeconds });
  }
  return ok({ uploadId: id, part, requestId: caller.requestId });
}

/** Ends an upload whose parts are there without a gap; one that is finished stays so. */
export async function finishUpload(deps: PrepareDeps, id: string, caller: Caller): Promise<Outcome<UploadAnswer>> {
  const upload = await readUpload(deps.store, caller.tenant, id);
  if (upload === null) return notFound(id);
  const parts = await listUploadParts(deps.store, caller.tenant, id);
  if (upload.status === 'downloading') await deps.queue.send([{ tenant: caller.tenant, upload: id }]);
  if (upload.status !== 'open') return ok(answer(upload, parts, caller));
  if (parts.length === 0) return conflict('No part of this upload has arrived. PUT its parts first.');
  const gap = parts.findIndex(({ part }, place) => part !== place + 1);
  if (gap >= 0) return conflict(`Part ${gap + 1} has not arrived. PUT it, then finish the upload.`);
  const finished: UploadDocument = { ...upload, status: 'finished' };
  const result = answer(finished, parts, caller);
  if (result.sizeBytes > MAX_UPLOAD_BYTES) {
    const detail = `The parts have ${result.sizeBytes} bytes together; an upload may have ${MAX_UPLOAD_BYTES}.`;
    return fail({ kind: 'too-large', detail, limitBytes: MAX_UPLOAD_BYTES });
  }
  await writeUpload(deps.store, caller.tenant, finished, deps.newId());
  return ok(result);
}

export async function showUpload(deps: PrepareDeps, id: string, caller: Caller): Promise<Outcome<UploadAnswer>> {
  const upload = await readUpload(deps.store, caller.tenant, id);
  if (upload === null) return notFound(id);
  return ok(answer(upload, await listUploadParts(deps.store, caller.tenant, id), caller));
}

function answer(upload: UploadDocument, parts: readonly UploadPart[], caller: Caller): UploadAnswer {
  const { uploadId, status, fileName, url, reason, createdAt } = upload;
  return {
    uploadId,
    status,
    ...(fileName === undefined ? {} : { fileName }),
    ...(url === undefined ? {} : { url }),
    ...(reason === undefined ? {} : { reason }),
    parts: parts.map(({ part, sizeBytes }) => ({ part, sizeBytes })),
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    expiresAt: new Date(Date.parse(createdAt) + UPLOAD_DAYS * DAY_MS).toISOString(),
    requestId: caller.requestId,
  };
}

/** A body that nobody reads would hold its connection. */
async function refuseBody(body: BlobBody, refusal: Outcome<never>): Promise<Outcome<never>> {
  if ('stream' in body) await body.stream.cancel().catch(() => {});
  return refusal;
}

function notFound(id: string): Outcome<never> {
  return fail({
    kind: 'not-found',
    detail: `There is no upload "${id}"; uploads are deleted after ${UPLOAD_DAYS} days.`,
  });
}

function conflict(detail: string): Outcome<never> {
  return fail({ kind: 'conflict', detail });
}
