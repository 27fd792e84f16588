import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../core/json-bytes.ts';
import type { BlobStore, PutCondition, PutResult } from '../ports/blob-store.ts';
import { mergesKey, type PartFamily } from './customer-keys.ts';

/** One part that was written in place of others, or of itself without some lines; `into` is `null` where no line was left. */
export const PartMergeSchema = z.object({
  into: z.string().nullable(),
  from: z.array(z.string()).min(1),
  at: z.iso.datetime(),
  /** Pseudonyms of erased customers, with when: their lines of until then did not go into it. */
  erased: z.record(z.string(), z.iso.datetime()).optional(),
});

/**
 * `merges/{family}/dt=….json`, schema version 1: every merge of a day's parts. It is written before the merged part is, and the
 * parts that went into it are deleted after; so a reader who lists the parts first and reads this second meets every line once:
 * see `liveParts`.
 */
export const PartMergesSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  merges: z.array(PartMergeSchema),
});

export type PartMerge = z.infer<typeof PartMergeSchema>;

/** The merges of a day as they were read, with the condition under which they may be written again. */
export interface ReadMerges {
  readonly merges: readonly PartMerge[];
  readonly condition: PutCondition;
}

export async function readMerges(
  store: BlobStore,
  tenant: string,
  family: PartFamily,
  date: string,
): Promise<ReadMerges> {
  const found = await store.get(mergesKey(tenant, family, date));
  if (found.kind === 'missing') return { merges: [], condition: { ifNoneMatch: '*' } };
  const { merges } = PartMergesSchema.parse(fromJsonBytes(await found.bytes()));
  return { merges, condition: { ifMatch: found.etag } };
}

/** Writes a day's merges if nobody else did since they were read. */
export function writeMerges(
  store: BlobStore,
  place: { readonly tenant: string; readonly family: PartFamily; readonly date: string; readonly revision: string },
  read: ReadMerges,
  merges: readonly PartMerge[],
): Promise<PutResult> {
  const document: z.infer<typeof PartMergesSchema> = {
    schemaVersion: 1,
    revision: place.revision,
    merges: [...merges],
  };
  const body = toJsonBytes(document);
  return store.put(mergesKey(place.tenant, place.family, place.date), body, read.condition);
}

/**
 * Which of the parts that were listed hold their day's lines, each line once: those that went into another are left out. `merges` must
 * have been read after the listing.
 */
export function liveParts(listed: readonly string[], merges: readonly PartMerge[]): string[] {
  const there = new Set(listed);
  const replaced = new Set(merges.filter((_, place) => stands(merges, place, there)).flatMap(({ from }) => from));
  return listed.filter((sha256) => !replaced.has(sha256));
}

/** Whether a merge was carried out: its part is there, or went into a later one, or no line was left for it. */
export function stands(merges: readonly PartMerge[], place: number, listed: ReadonlySet<string>): boolean {
  const into = merges[place]?.into ?? null;
  if (into === null || listed.has(into)) return true;
  const next = merges.findIndex((merge, later) => later > place && merge.from.includes(into));
  return next > place && stands(merges, next, listed);
}
