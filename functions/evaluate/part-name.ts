import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { partPrefix } from './plan.ts';

/** What a part's key tells, so that a listing says how far an evaluation is. Plan, place and `beganAt` decide a part's content. */
export interface PartName {
  /** The place in the plan. */
  readonly part: number;
  /** Where in the object its rows begin and end, in bytes; 0 and 0 where it is all of an object. */
  readonly beganAt: number;
  /** Null where the rows can't be evaluated. */
  readonly endedAt: number | null;
  /** Rows read, rejected ones included. */
  readonly read: number;
}

const NAME = /\/(\d{6})-(\d+)-(\d+|failed)-(\d+)\.ems$/;

export function partKey(tenant: string, id: string, { part, beganAt, endedAt, read }: PartName): string {
  return `${placePrefix(tenant, id, part)}${beganAt}-${endedAt ?? 'failed'}-${read}.ems`;
}

/** All parts that were worked out, or those at one place of the plan. */
export async function listParts(store: BlobStore, tenant: string, id: string, part?: number): Promise<PartName[]> {
  const prefix = part === undefined ? partPrefix(tenant, id) : placePrefix(tenant, id, part);
  return (await listBlobs(store, prefix)).flatMap(({ key }) => parseName(key) ?? []);
}

/** Rows of all places, of each once. */
export function rowsRead(parts: readonly PartName[]): number {
  return [...new Map(parts.map(({ part, read }) => [part, read])).values()].reduce((sum, read) => sum + read, 0);
}

function placePrefix(tenant: string, id: string, part: number): string {
  return `${partPrefix(tenant, id)}${String(part).padStart(6, '0')}-`;
}

/** What has another name is of an older version, and made again. */
function parseName(key: string): PartName | null {
  const [, part, beganAt, endedAt, read] = NAME.exec(key) ?? [];
  if (part === undefined) return null;
  return {
    part: Number(part),
    beganAt: Number(beganAt),
    endedAt: endedAt === 'failed' ? null : Number(endedAt),
    read: Number(read),
  };
}
