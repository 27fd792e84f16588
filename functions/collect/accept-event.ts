import { fail, ok, type Result } from '../../shared/core/result.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import type { Policy } from '../../shared/customer/policy.ts';
import type { SentEvent } from './contract.ts';
import { redactJson } from './redact-json.ts';

/** A sender's clock may be ahead so far and is believed. */
const BELIEVED_SKEW_MS = 5 * 60 * 1000;
/** Nobody has events of before; such a date is a mistake. */
const EARLIEST_MS = Date.UTC(1990, 0, 1);

/** An event as it will be kept, but for the pseudonym; `userId` is absent where it is kept without identity. */
export interface AcceptedEvent {
  readonly userId?: string;
  readonly event: Omit<StoredEvent, 'user'>;
}

/**
 * What is kept of an event, or why nothing is. Without consent where it is needed: nothing, or neither customer nor session. A time
 * too far ahead becomes the time of arrival, with the difference beside it, so that no event stays the newest for good.
 */
export function acceptEvent(sent: SentEvent, policy: Policy, nowMs: number): Result<AcceptedEvent, string> {
  const lacksConsent = policy.requireConsent !== undefined && sent.consent !== true;
  if (lacksConsent && policy.requireConsent === 'refuse') return fail('consent: the customer has not agreed');
  const sentMs = sent.at === undefined ? nowMs : Date.parse(sent.at);
  if (sentMs < EARLIEST_MS) return fail('at: is before 1990');
  const isAhead = sentMs > nowMs + BELIEVED_SKEW_MS;
  const { eventId, type, itemId, value, sessionId, recommendationId, properties, userId } = sent;
  const event = {
    eventId,
    type,
    itemId,
    ...(value === undefined ? {} : { value }),
    at: new Date(isAhead ? nowMs : sentMs).toISOString(),
    receivedAt: new Date(nowMs).toISOString(),
    ...(isAhead ? { skewSeconds: Math.round((sentMs - nowMs) / 1000) } : {}),
    // A session that is called like its customer would name the customer.
    ...(sessionId === undefined || sessionId === userId || lacksConsent ? {} : { sessionId }),
    ...(recommendationId === undefined ? {} : { recommendationId }),
    ...(properties === undefined ? {} : { properties: policy.redact ? redactJson(properties) : properties }),
  };
  return ok(userId === null || lacksConsent ? { event } : { userId, event });
}
