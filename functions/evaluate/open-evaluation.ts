import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import type { BlobStore, PutCondition } from '../../shared/ports/blob-store.ts';
import type { EvaluateDeps } from './deps.ts';

/** `tenants/{tenant}/evaluations/open/{id}.json`: an evaluation without a result, and what ticks saw of it last. */
const OpenSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string(),
  /** When it was begun, last got on, or was last queued again, in epoch milliseconds. */
  atMs: z.number(),
  /** Parts that were there then. */
  done: z.int(),
  /** How often it was queued again since it last got on. */
  tries: z.int(),
});

export type OpenEvaluation = Pick<z.infer<typeof OpenSchema>, 'atMs' | 'done' | 'tries'>;

export interface ReadOpen {
  readonly open: OpenEvaluation;
  readonly condition: PutCondition;
}

/** Written **before** an evaluation's plan and messages, so that ticks know of it whatever gets lost. One that is there stays. */
export async function writeOpened(deps: Pick<EvaluateDeps, 'store' | 'newId' | 'clock'>, tenant: string, id: string) {
  await writeOpen(deps, tenant, id, { atMs: deps.clock.now(), done: 0, tries: 0 }, { ifNoneMatch: '*' });
}

/** Gives whether it was written: another tick may have been first. */
export async function writeOpen(
  { store, newId }: Pick<EvaluateDeps, 'store' | 'newId'>,
  tenant: string,
  id: string,
  open: OpenEvaluation,
  condition: PutCondition,
): Promise<boolean> {
  const body = toJsonBytes({ schemaVersion: 1, revision: newId(), ...open });
  return (await store.put(openKey(tenant, id), body, condition)).kind === 'written';
}

export async function readOpen(store: BlobStore, tenant: string, id: string): Promise<ReadOpen | null> {
  const found = await store.get(openKey(tenant, id));
  if (found.kind === 'missing') return null;
  return { open: OpenSchema.parse(fromJsonBytes(await found.bytes())), condition: { ifMatch: found.etag } };
}

/** **After** the result was written, or the evaluation deleted. */
export async function deleteOpen(store: BlobStore, tenant: string, id: string): Promise<void> {
  await store.delete(openKey(tenant, id));
}

/** The ids of at most so many. */
export async function listOpen(store: BlobStore, tenant: string, limit: number): Promise<string[]> {
  const prefix = openPrefix(tenant);
  const { blobs } = await store.list({ prefix, limit });
  return blobs.map(({ key }) => key.slice(prefix.length, -'.json'.length));
}

function openPrefix(tenant: string): string {
  return `tenants/${tenant}/evaluations/open/`;
}

function openKey(tenant: string, id: string): string {
  return `${openPrefix(tenant)}${id}.json`;
}
