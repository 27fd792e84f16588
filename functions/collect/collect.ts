import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import type { ItemUpdate } from '../../shared/customer/catalogue.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { type PartLine, writePart } from '../../shared/customer/parts.ts';
import type { Policy } from '../../shared/customer/policy.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { describeError } from '../../shared/http/request-log.ts';
import { type AcceptedEvent, acceptEvent } from './accept-event.ts';
import {
  type Accepted,
  EventSchema,
  type EventsRequest,
  type FeedbackRequest,
  FeedbackSchema,
  ItemSchema,
  type ItemsRequest,
  UserSchema,
  type UsersRequest,
} from './contract.ts';
import type { CollectDeps } from './deps.ts';
import type { CollectMessage } from './message.ts';
import { createRequestPseudonyms } from './pseudonyms.ts';
import { redactJson } from './redact-json.ts';
import { type JudgedRows, judgeRows } from './rows.ts';
import type { FeedbackLine, UserLine } from './stored-lines.ts';

/** Wrong rows that a refusal names. */
const MAX_NAMED = 20;

/** Keeps a request's events as one part, tells the queue of it, and says which were not taken. */
export async function collectEvents(
  deps: CollectDeps,
  request: EventsRequest,
  caller: Caller,
): Promise<Outcome<Accepted>> {
  const policy = await readPolicy(deps, caller.tenant);
  if (!policy.ok) return policy;
  const now = deps.clock.now();
  const rows = judgeRows(
    request.events,
    EventSchema,
    (event) => event.eventId,
    (event) => acceptEvent(event, policy.value, now),
  );
  if (rows.good.length === 0) return refuseAll(rows, 'events');
  const lines = await withPseudonyms(deps, caller.tenant, rows.good);
  await keep(deps, caller.tenant, 'events', lines, now);
  return answer(rows, caller);
}

/** Keeps items as one part; the consumer puts them into the catalogue. */
export async function putItems(deps: CollectDeps, request: ItemsRequest, caller: Caller): Promise<Outcome<Accepted>> {
  const now = deps.clock.now();
  const receivedAt = new Date(now).toISOString();
  const rows = judgeRows(
    request.items,
    ItemSchema,
    (item) => item.itemId,
    (item) => ok<ItemUpdate>({ ...item, receivedAt }),
  );
  if (rows.good.length === 0) return refuseAll(rows, 'items');
  await keep(deps, caller.tenant, 'items', rows.good, now);
  return answer(rows, caller);
}

/** Keeps what is known of customers, under their pseudonyms. */
export async function putUsers(deps: CollectDeps, request: UsersRequest, caller: Caller): Promise<Outcome<Accepted>> {
  const policy = await readPolicy(deps, caller.tenant);
  if (!policy.ok) return policy;
  const { requireConsent, redact } = policy.value;
  const now = deps.clock.now();
  const rows = judgeRows(
    request.users,
    UserSchema,
    (user) => user.userId,
    // What is known of a customer can't be kept without saying whose it is.
    (user) => (requireConsent && user.consent !== true ? fail('consent: the customer has not agreed') : ok(user)),
  );
  if (rows.good.length === 0) return refuseAll(rows, 'users');
  const pseudonymOf = createRequestPseudonyms(deps.pseudonymizer, caller.tenant);
  const receivedAt = new Date(now).toISOString();
  const lines = await Promise.all(
    rows.good.map(
      async ({ userId, attributes }): Promise<UserLine> => ({
        user: await pseudonymOf(userId),
        attributes: redact ? redactJson(attributes) : attributes,
        receivedAt,
      }),
    ),
  );
  await keep(deps, caller.tenant, 'users', lines, now);
  return answer(rows, caller);
}

/** Keeps right labels as rows to train with. */
export async function collectFeedback(
  deps: CollectDeps,
  request: FeedbackRequest,
  caller: Caller,
): Promise<Outcome<Accepted>> {
  const policy = await readPolicy(deps, caller.tenant);
  if (!policy.ok) return policy;
  const now = deps.clock.now();
  const receivedAt = new Date(now).toISOString();
  const rows = judgeRows(
    request.feedback,
    FeedbackSchema,
    (row) => row.feedbackId,
    (row) => ok(row),
  );
  if (rows.good.length === 0) return refuseAll(rows, 'feedback');
  const pseudonymOf = createRequestPseudonyms(deps.pseudonymizer, caller.tenant);
  const lines = await Promise.all(
    rows.good.map(
      async ({ userId, text, at, ...row }): Promise<FeedbackLine> => ({
        ...row,
        // Feedback says nothing of consent: where that is needed, it is kept without identity.
        ...(userId === undefined || policy.value.requireConsent ? {} : { user: await pseudonymOf(userId) }),
        ...(text === undefined ? {} : { text: policy.value.redact ? redactJson(text) : text }),
        at: at === undefined ? receivedAt : new Date(at).toISOString(),
        receivedAt,
      }),
    ),
  );
  await keep(deps, caller.tenant, 'feedback', lines, now);
  return answer(rows, caller);
}

/** The tenant's policy, unless it was made for another secret: its profiles would be torn in two. */
export async function readPolicy(deps: CollectDeps, tenant: string): Promise<Outcome<Policy>> {
  const policy = await deps.policies.read(tenant);
  if (!policy.ok) return policy;
  const { keyVersion } = policy.value;
  if (keyVersion === undefined || keyVersion === deps.pseudonymizer.keyVersion) return policy;
  const detail = `The tenant's policy asks for version ${keyVersion} of the pseudonyms' secret; another is in use.`;
  return fail({ kind: 'unavailable', detail, retryAfterSeconds: 60 });
}

/** Events with their customers' pseudonyms, as they are stored. */
export async function withPseudonyms(
  deps: Pick<CollectDeps, 'pseudonymizer'>,
  tenant: string,
  accepted: readonly AcceptedEvent[],
): Promise<StoredEvent[]> {
  const pseudonymOf = createRequestPseudonyms(deps.pseudonymizer, tenant);
  return Promise.all(
    accepted.map(async ({ userId, event }) =>
      userId === undefined ? event : { ...event, user: await pseudonymOf(userId) },
    ),
  );
}

/**
 * Makes lines durable; then a pointer goes to the queue. That the queue takes it is not needed for the answer: a part that nobody
 * acknowledged is queued again by the cron.
 */
export async function keep(
  deps: CollectDeps,
  tenant: string,
  family: CollectMessage['family'] | 'users' | 'feedback',
  lines: readonly PartLine[],
  nowMs: number,
): Promise<void> {
  const date = utcDate(nowMs);
  const sha256 = await writePart(deps.store, { tenant, family, date }, lines);
  if (family === 'users' || family === 'feedback') return;
  try {
    await deps.queue.send([{ family, tenant, date, sha256 }]);
  } catch (error) {
    deps.log({ event: 'incident', what: 'a part was kept but not queued', error: describeError(error) });
  }
}

function answer({ good, duplicates, rejected }: JudgedRows<unknown>, caller: Caller): Outcome<Accepted> {
  return ok({ accepted: good.length, duplicates, rejected: [...rejected], requestId: caller.requestId });
}

function refuseAll({ rejected }: JudgedRows<unknown>, field: string): Outcome<never> {
  const errors = rejected
    .slice(0, MAX_NAMED)
    .map(({ index, reason }) => ({ pointer: `${field}[${index}]`, message: reason }));
  const first = errors[0];
  const detail = first ? `None can be taken. ${first.pointer}: ${first.message}` : 'None can be taken.';
  return fail({ kind: 'invalid-request', detail, errors });
}
