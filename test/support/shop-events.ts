import { gzip } from '../../shared/core/gzip.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { eventPartKey } from '../../shared/customer/customer-keys.ts';
import { type StoredEvent, toNdjson } from '../../shared/customer/event.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { utf8 } from './utf8.ts';

const DAY_MS = 86_400_000;

/** 60 customers, each with four of the five items of one kind on days 1 to 60 and the fifth on day 99: 301 events. */
export function shopEvents(): StoredEvent[] {
  const events = [purchase('first', 'first customer', 'tea 0', 0)];
  for (let customer = 0; customer < 60; customer++) {
    const kind = customer % 2 === 0 ? 'tea' : 'tool';
    for (let n = 0; n < 5; n++) {
      const isLast = n === (customer >> 1) % 5;
      events.push(purchase(`${customer} ${n}`, `customer ${customer}`, `${kind} ${n}`, isLast ? 99 : customer + 1));
    }
  }
  return events;
}

/** `day` counts from the first of January 2026; all arrived on the first of June. */
export function purchase(eventId: string, user: string, itemId: string, day: number): StoredEvent {
  const at = new Date(Date.UTC(2026, 0, 1) + day * DAY_MS).toISOString();
  return { eventId, type: 'purchase', user, itemId, at, receivedAt: '2026-06-01T00:00:00.000Z' };
}

/** Writes the events of tenant `acme` as one part of that day. */
export async function putEventPart(store: BlobStore, events: readonly StoredEvent[], date: string): Promise<void> {
  const text = toNdjson(events);
  await store.put(eventPartKey('acme', date, await sha256Hex(text)), await gzip(utf8(text)));
}
