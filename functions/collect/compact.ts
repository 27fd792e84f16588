import { type PartFamily, utcDate } from '../../shared/customer/customer-keys.ts';
import { type ListedPart, listDays } from '../../shared/customer/parts.ts';
import { type DayParts, readDayParts } from './day-parts.ts';
import type { CollectDeps } from './deps.ts';
import { finishMerges, mergeParts } from './merge-parts.ts';

export const FAMILIES: readonly PartFamily[] = ['events', 'items', 'users', 'feedback'];

/** Compressed bytes: a part below is small; a merge takes at most so much, to fit the memory of a function uncompressed. */
const SMALL_BYTES = 512 * 1024;
const MERGE_BYTES = 4 * 1024 * 1024;
const MAX_MERGED = 256;
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
  const chosen: ListedPart[] = [];
  let totalBytes = 0;
  for (const part of day.live) {
    if (part.sizeBytes >= SMALL_BYTES || !day.isSettled(part.sha256)) continue;
    totalBytes += part.sizeBytes;
    if (chosen.length === MAX_MERGED || totalBytes > MERGE_BYTES) break;
    chosen.push(part);
  }
  return chosen;
}
