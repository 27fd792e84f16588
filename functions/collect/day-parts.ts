import { acknowledgementsPrefix, type PartFamily } from '../../shared/customer/customer-keys.ts';
import { liveParts, type ReadMerges, readMerges } from '../../shared/customer/part-merges.ts';
import { type ListedPart, listParts } from '../../shared/customer/parts.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';

/** A day's parts of a family as the ticks see them. */
export interface DayParts {
  readonly family: PartFamily;
  readonly date: string;
  /** All that are there, replaced ones too. */
  readonly listed: readonly ListedPart[];
  /** Those that hold the day's lines. */
  readonly live: readonly ListedPart[];
  readonly merges: ReadMerges;
  /** Whether the part took effect, or has none to take. */
  readonly isSettled: (sha256: string) => boolean;
}

/** Families whose parts must take effect somewhere before they may be changed. */
export const ACKNOWLEDGED_FAMILIES = ['events', 'items'] as const;

export async function readDayParts(
  store: BlobStore,
  tenant: string,
  family: PartFamily,
  date: string,
): Promise<DayParts> {
  const listed = await listParts(store, tenant, family, date);
  // After the parts: see `liveParts`.
  const merges = await readMerges(store, tenant, family, date);
  const live = new Set(
    liveParts(
      listed.map(({ sha256 }) => sha256),
      merges.merges,
    ),
  );
  const needsAcknowledgement = ACKNOWLEDGED_FAMILIES.some((name) => name === family);
  const acknowledged = needsAcknowledgement ? await listAcknowledged(store, tenant, date) : null;
  // Only settled parts are merged, so what they were merged into is settled.
  const merged = new Set(merges.merges.map(({ into }) => into));
  return {
    family,
    date,
    listed,
    live: listed.filter(({ sha256 }) => live.has(sha256)),
    merges,
    isSettled: (sha256) => acknowledged === null || acknowledged.has(sha256) || merged.has(sha256),
  };
}

async function listAcknowledged(store: BlobStore, tenant: string, date: string): Promise<Set<string>> {
  const prefix = acknowledgementsPrefix(tenant, date);
  const blobs = await listBlobs(store, prefix);
  return new Set(blobs.map(({ key }) => key.slice(prefix.length).replace(/\.json$/, '')));
}
