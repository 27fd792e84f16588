import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UploadSchema } from '../../../functions/prepare/contract.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi, sendFile } from './api.ts';

/** Bytes of a part: an AWS Lambda takes 6 MB, of which base64 takes a quarter. */
const PART_BYTES = 4 * 1024 * 1024;

/** Sends a file in parts and finishes the upload; with `resumed` only the parts that have not arrived. Gives the upload's id. */
export async function uploadFile(
  environment: NodeJS.ProcessEnv,
  path: string,
  resumed: string | undefined,
  say: (line: string) => void,
): Promise<string> {
  const sizeBytes = await sizeOf(path);
  const begun = UploadSchema.parse(
    resumed === undefined
      ? await callApi(environment, '/v1/uploads', { fileName: basename(path).slice(0, 256) })
      : await callApi(environment, `/v1/uploads/${resumed}`),
  );
  const arrived = new Map(begun.parts.map((part) => [part.part, part.sizeBytes]));
  const parts = Math.ceil(sizeBytes / PART_BYTES);
  const file = await open(path);
  try {
    for (let part = 1; part <= parts && begun.status === 'open'; part++) {
      const length = Math.min(PART_BYTES, sizeBytes - (part - 1) * PART_BYTES);
      if (arrived.get(part) === length) continue;
      const bytes = new Uint8Array(length);
      await file.read(bytes, 0, length, (part - 1) * PART_BYTES);
      await sendPart(environment, begun.uploadId, part, bytes);
      if (parts > 1) say(`part ${part} of ${parts} sent`);
    }
  } finally {
    await file.close();
  }
  await callApi(environment, `/v1/uploads/${begun.uploadId}/finish`, {});
  return begun.uploadId;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) throw new DevError(`there is no file ${path}.`, 'Name a CSV or NDJSON file.');
  if (found.size === 0) throw new DevError(`${path} is empty.`, 'Name a file with rows.');
  return found.size;
}

async function sendPart(
  environment: NodeJS.ProcessEnv,
  id: string,
  part: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  try {
    await sendFile(environment, 'PUT', `/v1/uploads/${id}/parts/${part}`, bytes);
  } catch (error) {
    if (error instanceof DevError)
      throw new DevError(error.message, `${error.remedy}\n  To go on: the same command with --resume ${id}`);
    throw error;
  }
}
