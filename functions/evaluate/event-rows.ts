import type { ReadEvent } from '../../shared/customer/event-parts.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import type { EventsSource } from './contract-events.ts';
import { CustomerLog, type CustomerLogCounts } from './customer-log.ts';
import { createArmReader, originOf } from './event-arms.ts';
import type { EventPlan } from './event-plan.ts';

/** An event with the moment at which it counts. */
export interface TimedEvent {
  readonly event: ReadEvent;
  readonly atMs: number;
  readonly isInWindow: boolean;
}

/** Makes a task's rows of events. */
export interface EventRows {
  /** Takes an event of the window, or of the time before that the task looks at as well. */
  take(event: TimedEvent): void;
  /** Once all events were taken. */
  close(give: (row: RowRecord) => void): RowsAccount;
}

/** What became of the events. */
export interface RowsAccount {
  readonly arms: readonly string[] | null;
  /** 0: all customers; else 1 in 2^level. */
  readonly level: number;
  readonly customers: CustomerLogCounts | null;
  /** Whether the arms are told by clicks alone. */
  readonly lacksImpressions: boolean;
}

const NO_ACCOUNT: RowsAccount = { arms: null, level: 0, customers: null, lacksImpressions: false };
/** How types of events are touches: what was merely shown is a view, what the customer did with it a click. */
const TOUCHES: Readonly<Record<string, 'click' | 'view'>> = {
  impression: 'view',
  click: 'click',
  view: 'click',
  cart: 'click',
};
const MAX_CHANNEL = 64;

export function createEventRows(plan: EventPlan, give: (row: RowRecord) => void): EventRows {
  return plan.task === 'attribution' ? attributionRows(plan.events, give) : customerRows(plan);
}

/** Each touch and each sale is a row, handed on as it comes. */
function attributionRows(source: EventsSource, give: (row: RowRecord) => void): EventRows {
  return {
    take({ event, atMs, isInWindow }) {
      const { eventId, user, itemId, recommendationId, type, properties } = event;
      const origin = recommendationId === undefined ? null : originOf(recommendationId, true);
      const said = {
        eventId,
        at: atMs,
        itemId,
        ...(user === undefined ? {} : { userId: user }),
        ...(recommendationId === undefined ? {} : { recommendationId }),
        ...(origin === null ? {} : { origin }),
      };
      if (source.conversion.includes(type)) {
        const revenue = broughtBy(event, source);
        if (isInWindow) give({ kind: 'sale', ...said, ...(revenue === undefined ? {} : { revenue }) });
        return;
      }
      const kind = Object.hasOwn(TOUCHES, type) ? TOUCHES[type] : undefined;
      const channel = properties?.['channel'];
      const isNamed = typeof channel === 'string' && channel !== '';
      if (kind === undefined || user === undefined || (recommendationId === undefined && !isNamed)) return;
      give({ kind, ...said, ...(isNamed ? { channel: channel.slice(0, MAX_CHANNEL) } : {}) });
    },
    close: () => NO_ACCOUNT,
  };
}

/** A row for each customer who is in one arm. */
function customerRows({ task, events: source, division }: EventPlan): EventRows {
  const arms = source.arms;
  if (arms === undefined) throw new Error(`task ${task} needs arms`);
  const reader = createArmReader(arms, division, source.exposure);
  const log = new CustomerLog(Date.parse(source.window.from));
  const isAbTest = task === 'ab-test';
  const isBeforeAsked = source.covariateDays !== undefined;
  let [impressions, exposures] = [0, 0];
  return {
    take({ event, atMs, isInWindow }) {
      const { user, type, eventId } = event;
      if (user === undefined) return;
      const known = { ...event, user };
      const arm = isInWindow ? reader.armOf(known) : null;
      if (arm !== null) {
        exposures++;
        if (type === 'impression') impressions++;
        log.expose(user, arm, atMs, reader.isOther(known));
      }
      if (source.conversion.includes(type)) log.convert(user, atMs, broughtBy(event, source) ?? Number.NaN, eventId);
    },
    close(give) {
      const { rows, counts } = log.close();
      const hasRevenue = counts.conversions > counts.conversionsWithoutValue;
      for (const row of rows) {
        const { arm, at, converted, revenue, convertedBefore, revenueBefore } = row;
        const isMoney = source.outcome === 'revenue';
        const outcome = isMoney ? revenue : converted;
        const covariate = isMoney ? revenueBefore : convertedBefore;
        if (isAbTest) give({ arm, outcome, ...(isBeforeAsked ? { covariate } : {}) });
        else give({ arm, converted, ...(hasRevenue ? { revenue } : {}), at });
      }
      const lacksImpressions = arms.by === 'recommendationId' && exposures > 0 && impressions === 0;
      return { arms: log.arms, level: log.level, customers: counts, lacksImpressions };
    },
  };
}

function broughtBy({ value, properties }: ReadEvent, { valueProperty }: EventsSource): number | undefined {
  const found = valueProperty === undefined ? value : properties?.[valueProperty];
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
