import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';

/** `tenants/{tenant}/uploads/{id}/upload.json`, schema version 1: an upload, begun or finished. */
const UploadDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string(),
  uploadId: z.string(),
  fileName: z.string().optional(),
  createdAt: z.iso.datetime(),
  status: z.enum(['open', 'downloading', 'finished', 'failed']),
  /** Of a download. */
  url: z.string().optional(),
  /** Why a download failed. */
  reason: z.string().optional(),
});

export type UploadDocument = Omit<z.infer<typeof UploadDocumentSchema>, 'schemaVersion' | 'revision'>;

/** A part as it lies in storage. */
export interface UploadPart {
  readonly part: number;
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

export function uploadsPrefix(tenant: string): string {
  return `tenants/${tenant}/uploads/`;
}

export function uploadPrefix(tenant: string, id: string): string {
  return `${uploadsPrefix(tenant)}${id}/`;
}

export function uploadDocumentKey(tenant: string, id: string): string {
  return `${uploadPrefix(tenant, id)}upload.json`;
}

export function uploadPartKey(tenant: string, id: string, part: number): string {
  return `${uploadPrefix(tenant, id)}parts/${String(part).padStart(5, '0')}`;
}

export async function readUpload(store: BlobStore, tenant: string, id: string): Promise<UploadDocument | null> {
  const found = await store.get(uploadDocumentKey(tenant, id));
  if (found.kind === 'missing') return null;
  const { schemaVersion: _, revision: __, ...upload } = UploadDocumentSchema.parse(fromJsonBytes(await found.bytes()));
  return upload;
}

export async function writeUpload(
  store: BlobStore,
  tenant: string,
  upload: UploadDocument,
  revision: string,
): Promise<void> {
  const key = uploadDocumentKey(tenant, upload.uploadId);
  const written = await store.put(key, toJsonBytes({ schemaVersion: 1, revision, ...upload }));
  // Whoever finishes it twice within a second finds it finished.
  if (written.kind === 'throttled' && (await readUpload(store, tenant, upload.uploadId))?.status !== upload.status)
    throw new Error('the upload could not be written');
}

/** In order. */
export async function listUploadParts(store: BlobStore, tenant: string, id: string): Promise<UploadPart[]> {
  const blobs = await listBlobs(store, `${uploadPrefix(tenant, id)}parts/`);
  return blobs.map(({ key, etag, sizeBytes }) => ({ part: Number(key.slice(-5)), key, etag, sizeBytes }));
}
