import { sha256Hex } from '../../shared/core/hex.ts';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { PartObject, PlannedDataset } from './plan.ts';

/** Bytes that a part of a dataset may have as it is stored: it is held whole, to be verified. */
export const MAX_PART_BYTES = 32 * 1024 * 1024;

/** A part's bytes as the dataset's manifest says they are, or in words why they can't be had. */
export async function openPart(
  store: BlobStore,
  tenant: string,
  { name, version }: PlannedDataset,
  { key, sha256 }: Pick<PartObject, 'key' | 'sha256'>,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const found = await store.get(datasetVersionPrefix(tenant, name, version) + key);
  if (found.kind === 'missing') return fail('is gone since the evaluation began');
  if (found.sizeBytes > MAX_PART_BYTES) {
    await found.body.cancel();
    return fail(`has ${found.sizeBytes} bytes; a part of a dataset may have ${MAX_PART_BYTES}`);
  }
  const bytes = await found.bytes();
  if ((await sha256Hex(bytes)) !== sha256)
    return fail("was altered: its SHA-256 is not the one in the dataset's manifest");
  return ok(bytes);
}
