import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Arm } from '../../shared/customer/arms.ts';
import { parseWith } from '../../shared/http/body.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { toProblem } from '../../shared/http/problem.ts';
import { type RecommendDeps, rankWith, toIgnored } from './answer.ts';
import { type Candidate, toRecommendedItem } from './candidate.ts';
import {
  type Recommendation,
  type RecommendBatchResponse,
  type RecommendRequest,
  type RecommendResponse,
  type UserRequest,
  UserRequestSchema,
} from './contract.ts';
import { personalCandidates } from './personal.ts';
import { fillUp, popularCandidates } from './popular.ts';
import { toWish, type Wish } from './wish.ts';

type Row = RecommendBatchResponse['results'][number];

/** Recommends to one user, or to each of several: a bad one gets its own problem there; alone, it fails the call. */
export async function recommend(
  deps: RecommendDeps,
  { users, ...shared }: RecommendRequest,
  caller: Caller,
): Promise<Outcome<RecommendResponse | RecommendBatchResponse>> {
  const { requestId } = caller;
  if (users === undefined) {
    const answer = await recommendTo(deps, shared, caller);
    return answer.ok ? ok({ ...answer.value, requestId }) : answer;
  }
  const results = await Promise.all(users.map((user, at) => toRow(deps, shared, user, `users[${at}]`, caller)));
  return ok({ results, requestId });
}

async function toRow(
  deps: RecommendDeps,
  shared: UserRequest,
  user: unknown,
  pointer: string,
  caller: Caller,
): Promise<Row> {
  const parsed = parseWith(UserRequestSchema, user, pointer);
  const answer = parsed.ok ? await recommendTo(deps, { ...shared, ...parsed.value }, caller) : parsed;
  const userId = parsed.ok ? parsed.value.userId : undefined;
  const named = userId === undefined ? {} : { userId };
  if (answer.ok) return { ...named, ...answer.value };
  return { ...named, error: toProblem(answer.failure, caller.requestId) as Row['error'] };
}

export function recommendTo(deps: RecommendDeps, asked: UserRequest, caller: Caller): Promise<Outcome<Recommendation>> {
  return rankWith(deps, asked, caller, async ({ model, arm, events, nowMs }, assortment) => {
    const wish = toWish(withArm(asked, arm), events, model, assortment, nowMs);
    const isKnown = wish.history.items.length > 0;
    const personal = isKnown ? await personalCandidates(model, assortment, wish) : [];
    const list = isKnown ? fillUp(personal, model, assortment, wish) : popularCandidates(model, assortment, wish);
    return {
      items: list.map((candidate) => toRecommendedItem(candidate, assortment)),
      ignored: toIgnored(wish.history),
      ...noteOf(wish, events.length, personal, list),
    };
  });
}

/** What the request itself says counts before what the arm sets. */
function withArm(asked: UserRequest, arm: Arm | null): UserRequest {
  if (arm === null) return asked;
  const { maxPerCategory, ...settings } = arm.settings;
  const rules = maxPerCategory === undefined ? asked.rules : { maxPerCategory, ...asked.rules };
  return { ...settings, ...asked, ...(rules === undefined ? {} : { rules }) };
}

/** Why the list is empty, short or not personal; nothing where it is as it should be. */
function noteOf(
  { filter, history, k }: Wish,
  eventCount: number,
  personal: readonly Candidate[],
  list: readonly Candidate[],
): { note?: string } {
  if (list.length === 0) {
    return { note: filter.emptyBecause ?? 'No item is left by the filter, the rules and what is to be left out.' };
  }
  const notes: string[] = [];
  if (history.items.length === 0) {
    notes.push(
      eventCount === 0
        ? 'No history is known: these are popular items.'
        : `None of ${eventCount} events counts for this model: these are popular items.`,
    );
  } else if (personal.length < list.length) {
    notes.push(`The history speaks for ${personal.length} items; popular ones follow.`);
  }
  if (list.length < k) {
    notes.push(`Only ${list.length} items are left by the filter, the rules and what is to be left out.`);
  }
  return notes.length === 0 ? {} : { note: notes.join(' ') };
}
