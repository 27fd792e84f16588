import type { StoredEvent } from '../../shared/customer/event.ts';

/** More events of one customer within a minute than a person makes. */
const BOT_EVENTS_A_MINUTE = 60;
/** More in a day than a person makes. */
const BOT_EVENTS_A_DAY = 5_000;
/** What robots call themselves: https://www.robotstxt.org/db.html and common libraries. */
const BOT_AGENT = /bot\b|crawl|spider|slurp|headless|curl\/|python-requests|wget\//i;
const MINUTE_MS = 60_000;
/** Told later than so long after they happened: an import, or a sender that was offline. */
const LATE_MS = 24 * 60 * 60 * 1000;
const EXAMPLES = 10;

/** What a day's events look like; shares are of `events`. */
export interface Quality {
  /** Distinct by `eventId`. */
  readonly events: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly customers: number;
  /** Kept without identity. */
  readonly withoutIdentity: number;
  /** Lines whose `eventId` came before. */
  readonly repeatedIds: number;
  /** Distinct ids that say the same: customer, type, item and time. */
  readonly repeatedContent: number;
  readonly bots: { readonly customers: number; readonly events: number; readonly pseudonyms: readonly string[] };
  readonly clock: { readonly ahead: number; readonly maxAheadSeconds: number; readonly late: number };
  readonly unknownItems: {
    readonly events: number;
    readonly items: number;
    readonly itemIds: readonly string[];
  } | null;
}

/** Judges events one by one; memory grows with customers, items and events of the day. */
export interface QualityCounter {
  add(event: StoredEvent): void;
  result(): Quality;
}

/** `knownItems` are those of the catalogue, `null` without one. */
export function createQualityCounter(knownItems: ReadonlySet<string> | null): QualityCounter {
  const ids = new Set<string>();
  const contents = new Set<string>();
  const byType = new Map<string, number>();
  const minutes = new Map<string, number>();
  const daily = new Map<string, number>();
  const bots = new Set<string>();
  const unknown = new Map<string, number>();
  let withoutIdentity = 0;
  let repeatedIds = 0;
  let repeatedContent = 0;
  let ahead = 0;
  let maxAheadSeconds = 0;
  let late = 0;

  const judgeCustomer = (event: StoredEvent & { readonly user: string }) => {
    const ofDay = (daily.get(event.user) ?? 0) + 1;
    daily.set(event.user, ofDay);
    const minute = `${event.user}/${Math.floor(Date.parse(event.at) / MINUTE_MS)}`;
    const ofMinute = (minutes.get(minute) ?? 0) + 1;
    minutes.set(minute, ofMinute);
    // An order has many lines of one minute: only what is looked at tells a robot.
    const isHasty = event.type !== 'purchase' && ofMinute > BOT_EVENTS_A_MINUTE;
    const agent = event.properties?.['userAgent'];
    if (isHasty || ofDay > BOT_EVENTS_A_DAY || (typeof agent === 'string' && BOT_AGENT.test(agent)))
      bots.add(event.user);
  };

  return {
    add(event) {
      if (ids.has(event.eventId)) {
        repeatedIds++;
        return;
      }
      ids.add(event.eventId);
      const { type, itemId, at, user } = event;
      byType.set(type, (byType.get(type) ?? 0) + 1);
      const content = JSON.stringify([user, type, itemId, at]);
      if (user !== undefined && contents.has(content)) repeatedContent++;
      contents.add(content);
      if (user === undefined) withoutIdentity++;
      else judgeCustomer({ ...event, user });
      if (event.skewSeconds !== undefined) {
        ahead++;
        maxAheadSeconds = Math.max(maxAheadSeconds, event.skewSeconds);
      }
      if (Date.parse(event.receivedAt) - Date.parse(at) > LATE_MS) late++;
      if (knownItems && !knownItems.has(itemId)) unknown.set(itemId, (unknown.get(itemId) ?? 0) + 1);
    },
    result: () => ({
      events: ids.size,
      byType: Object.fromEntries([...byType].sort((a, b) => b[1] - a[1])),
      customers: daily.size,
      withoutIdentity,
      repeatedIds,
      repeatedContent,
      bots: {
        customers: bots.size,
        events: [...bots].reduce((total, user) => total + (daily.get(user) ?? 0), 0),
        pseudonyms: [...bots].sort((a, b) => (daily.get(b) ?? 0) - (daily.get(a) ?? 0)).slice(0, EXAMPLES),
      },
      clock: { ahead, maxAheadSeconds, late },
      unknownItems: knownItems && {
        events: [...unknown.values()].reduce((total, count) => total + count, 0),
        items: unknown.size,
        itemIds: [...unknown]
          .sort((a, b) => b[1] - a[1])
          .slice(0, EXAMPLES)
          .map(([itemId]) => itemId),
      },
    }),
  };
}
