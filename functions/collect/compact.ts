import { type BatchLimits, splitBatches } from '../../shared/core/split-batches.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import type { PartFamily } from '../../shared/customer/customer-keys.ts';
import { type ListedPart, listDays } from '../../shared/customer/parts.ts';
import { type DayParts, readDayParts } from './day-parts.ts';
import type { CollectDeps } from './deps.ts';
import { finishMerges, mergeParts } from './merge-parts.ts';

export const FAMILIES: readonly PartFamily[] = ['events', 'items', 'users', 'feedback'];

/** Compressed bytes below which a part is small. */
const SMALL_BYTES = 512 * 1024;
/** What one merge takes, in compressed bytes: uncompressed it must fit the memory of a function. */
export const MERGE_LIMITS: BatchLimits = { maxItems: 256, maxBytes: 4 * 1024 * 1024 };
/** So many small parts are worth a merge; a day that is still filled waits for more. */
const WORTH_A_PAST_DAY = 2;
const WORTH_TODAY = 64;
/** Days looked at, from today back: what is older was compacted before or will not change. */
const DAYS_BACK = 3;

/** Merges small parts of the last days into larger ones; every line stays, once. */
export async function compactParts(deps: CollectDeps, tenant: string, nowMs: number): Promise<void> {
  const today = utcDate(nowMs);
  for (const family of FAMILIES) {
    const days = (await listDays(deps.store, tenant, family)).slice(-DAYS_BACK);
    for (const date of days) await compactDay(deps, tenant, family, date, date < today);
  }
}

async function compactDay(
  deps: CollectDeps,
  tenant: string,
  family: PartFamily,
  date: string,
  isPast: boolean,
): Promise<void> {
  const day = await readDayParts(deps.store, tenant, family, date);
  // What was begun is ended first; the next look sees the day as it is then.
  if (!(await finishMerges(deps, tenant, day))) return;
  const small = chooseSmall(day);
  if (small.length >= (isPast ? WORTH_A_PAST_DAY : WORTH_TODAY)) {
    await mergeParts(
      deps,
      tenant,
      day,
      small.map(({ sha256 }) => sha256),
    );
  }
}

function chooseSmall(day: DayParts): ListedPart[] {
  const small = day.live.filter(({ sha256, sizeBytes }) => sizeBytes < SMALL_BYTES && day.isSettled(sha256));
  return splitBatches(small, ({ sizeBytes }) => sizeBytes, MERGE_LIMITS)[0] ?? [];
}
