import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import type { BlobStore, PutCondition } from '../../shared/ports/blob-store.ts';
import type { CollectDeps } from './deps.ts';

/** `tenants/{tenant}/collect/progress.json`, schema version 1: what the ticks know of a tenant. Lost, it is made anew. */
const ProgressSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  /** Days up to this one are not listed by each tick any more, but one a tick in turn. */
  settledThrough: z.record(z.string(), z.iso.date()).default({}),
  /** The last of the settled days that was listed again. */
  sweptThrough: z.record(z.string(), z.iso.date()).default({}),
  /** Parts that nobody acknowledged, with when they were first seen or last queued (epoch milliseconds). */
  waiting: z.record(z.string(), z.number()).default({}),
  maintainedAtMs: z.number().optional(),
});

export type Progress = Omit<z.infer<typeof ProgressSchema>, 'schemaVersion' | 'revision'>;

export interface ReadProgress {
  readonly progress: Progress;
  readonly condition: PutCondition;
}

export async function readProgress(store: BlobStore, tenant: string): Promise<ReadProgress> {
  const found = await store.get(progressKey(tenant));
  const nothing: Progress = { settledThrough: {}, sweptThrough: {}, waiting: {} };
  if (found.kind === 'missing') return { progress: nothing, condition: { ifNoneMatch: '*' } };
  const { schemaVersion: _, revision: __, ...progress } = ProgressSchema.parse(fromJsonBytes(await found.bytes()));
  return { progress, condition: { ifMatch: found.etag } };
}

/** Where another tick wrote meanwhile, what this one knows is forgotten: it will be found again. */
export async function writeProgress(
  deps: Pick<CollectDeps, 'store' | 'newId'>,
  tenant: string,
  read: ReadProgress,
  progress: Progress,
): Promise<void> {
  if (JSON.stringify(progress) === JSON.stringify(read.progress)) return;
  const body = toJsonBytes({ schemaVersion: 1, revision: deps.newId(), ...progress });
  await deps.store.put(progressKey(tenant), body, read.condition);
}

function progressKey(tenant: string): string {
  return `tenants/${tenant}/collect/progress.json`;
}
