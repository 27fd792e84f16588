import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import { eventPartKey } from '../../shared/customer/customer-keys.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { listLiveParts, readPart } from '../../shared/customer/parts.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { EventsReport } from './contract.ts';
import type { CollectDeps } from './deps.ts';
import { createQualityCounter } from './quality.ts';

/** What one report reads: the counters of more would not fit the memory of a function. */
const MAX_PARTS = 1_000;
const MAX_BYTES = 24 * 1024 * 1024;

/** What the events that arrived on a day look like: robots, repetitions, wrong clocks, items that nobody told of. */
export async function reportEvents(deps: CollectDeps, date: string, caller: Caller): Promise<Outcome<EventsReport>> {
  const parts = await listLiveParts(deps.store, caller.tenant, 'events', date);
  const catalogue = await deps.catalogues.read(caller.tenant, caller.defer);
  const counter = createQualityCounter(catalogue && new Set(catalogue.items.map(({ itemId }) => itemId)));
  let partsRead = 0;
  let bytes = 0;
  for (const { sha256, sizeBytes } of parts) {
    bytes += sizeBytes;
    if (partsRead === MAX_PARTS || bytes > MAX_BYTES) break;
    const events = await readPart<StoredEvent>(deps.store, eventPartKey(caller.tenant, date, sha256));
    // One that is gone was merged meanwhile; the next report has it.
    for (const event of events ?? []) counter.add(event);
    if (events !== null) partsRead++;
  }
  const { unknownItems, ...quality } = counter.result();
  return ok({
    date,
    parts: parts.length,
    partsRead,
    ...quality,
    bots: { ...quality.bots, pseudonyms: [...quality.bots.pseudonyms] },
    unknownItems: unknownItems && { ...unknownItems, itemIds: [...unknownItems.itemIds] },
    requestId: caller.requestId,
  });
}
