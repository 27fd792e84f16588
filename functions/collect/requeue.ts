import { utcDate } from '../../shared/core/utc-date.ts';
import { listDays } from '../../shared/customer/parts.ts';
import { ACKNOWLEDGED_FAMILIES, readDayParts } from './day-parts.ts';
import type { CollectDeps } from './deps.ts';
import type { CollectMessage } from './message.ts';
import type { Progress } from './progress.ts';

/** A part that was not acknowledged for so long is queued again. */
const REQUEUE_AFTER_MS = 2 * 60 * 1000;
/** A request that began before midnight may write after it; senders' clocks may differ. */
const SETTLE_AFTER_MS = 6 * 60 * 60 * 1000;
/** Messages a tick; what is more waits for the next one. */
const MAX_MESSAGES = 1_000;
/** Parts that the progress remembers; what is more is seen again. */
const MAX_WAITING = 5_000;

/**
 * Queues parts again that nobody acknowledged: their message was never sent, got lost, or failed too often. New days are listed by each
 * tick; days that were settled are listed one a tick in turn, so that nothing is left behind for good.
 */
export async function requeueParts(
  deps: CollectDeps,
  tenant: string,
  progress: Progress,
  nowMs: number,
): Promise<Progress> {
  const waiting: Record<string, number> = {};
  const settledThrough: Record<string, string> = {};
  const sweptThrough: Record<string, string> = {};
  const messages: CollectMessage[] = [];
  for (const family of ACKNOWLEDGED_FAMILIES) {
    const days = await listDays(deps.store, tenant, family);
    const settled = progress.settledThrough[family] ?? '';
    const swept = nextToSweep(days, settled, progress.sweptThrough[family] ?? '');
    if (swept !== undefined) sweptThrough[family] = swept;
    let lastSettled = settled;
    let isOpen = false;
    for (const date of days.filter((day) => day > settled || day === swept)) {
      const open = await findOpen(deps, tenant, family, date);
      for (const sha256 of open) {
        const key = `${family}/${date}/${sha256}`;
        const since = progress.waiting[key] ?? nowMs;
        // A clock that was set back must not make a part wait for long.
        const isLate = Math.abs(nowMs - since) >= REQUEUE_AFTER_MS && messages.length < MAX_MESSAGES;
        if (isLate) messages.push({ family, tenant, date, sha256 });
        if (Object.keys(waiting).length < MAX_WAITING) waiting[key] = isLate ? nowMs : since;
      }
      if (date <= settled) continue;
      isOpen ||= open.length > 0 || date >= utcDate(nowMs - SETTLE_AFTER_MS);
      if (!isOpen) lastSettled = date;
    }
    if (lastSettled !== '') settledThrough[family] = lastSettled;
  }
  await deps.queue.send(messages);
  return { ...progress, settledThrough, sweptThrough, waiting };
}

async function findOpen(
  deps: CollectDeps,
  tenant: string,
  family: CollectMessage['family'],
  date: string,
): Promise<string[]> {
  const { live, isSettled } = await readDayParts(deps.store, tenant, family, date);
  return live.map(({ sha256 }) => sha256).filter((sha256) => !isSettled(sha256));
}

/** The settled day after the one that was listed last, the first one after the last. */
function nextToSweep(days: readonly string[], settled: string, last: string): string | undefined {
  const known = days.filter((day) => day <= settled);
  return known.find((day) => day > last) ?? known[0];
}
