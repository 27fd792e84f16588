import { fail, ok, type Result } from '../../shared/core/result.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { packId } from '../../shared/model/pack.ts';
import { useModel } from '../../shared/model/use-model.ts';
import { ndcgAt } from '../../shared/recommender/ranking-quality.ts';
import type { EvaluateDeps } from './deps.ts';
import { catchRowsError } from './evaluate.ts';
import { createGatherer, type Gathered, type Gatherer } from './gather-rows.ts';
import { openPart } from './open-part.ts';
import { asRecommender } from './packs.ts';
import type { PlannedModel, PredictedPlan, UsersObject } from './plan.ts';
import { readFixed } from './plan-models.ts';
import type { PredictedRow } from './predicted-task.ts';
import { readInteraction, type UserRecord } from './read-interactions.ts';
import { readLines } from './read-lines.ts';
import { recommendItems } from './recommended.ts';
import type { BoundTask } from './tasks.ts';

const LINES_AT_ONCE = 1_000;
/** Interactions of a user that are remembered, the newest: as many as a pack can read. */
const MAX_HISTORY = 1_000;

/** A user and what was right to recommend. */
interface Query {
  readonly user: string;
  readonly history: UserRecord['before'];
  readonly nowMs: number;
  readonly relevant: ReadonlySet<string>;
}

/**
 * The users of a piece: each model recommends to each at the moment of the first interaction that was held out, from what the user did before;
 * relevant are the items of the split that was held out. Items that the user had before count only with `allowSeen`, as they are not
 * recommended without.
 */
export async function gatherInteractions(
  deps: EvaluateDeps,
  tenant: string,
  plan: PredictedPlan,
  object: UsersObject,
  task: BoundTask,
): Promise<Result<Gathered, string>> {
  const gatherer = createGatherer(task, { columns: {}, slices: [], maxRejected: plan.maxRejected });
  const gathered = await catchRowsError(async () => {
    const users = await readUsers(deps, tenant, plan, object, gatherer);
    if (!users.ok) return users;
    const queries = queriesOf(users.value, plan.predicted.allowSeen ?? false);
    const lists: string[][][] = [];
    for (const model of plan.predicted.models) {
      const answered = await recommendAll(deps, tenant, plan, model, queries);
      if (!answered.ok) return answered;
      lists.push(answered.value);
    }
    for (const [place, query] of queries.entries()) {
      const ranked = lists.map((list) => list[place] as string[]);
      gatherer.row(rowOf(query, ranked, depthsOf(plan)[0] as number) as unknown as RowRecord, place + 1);
    }
    return queries.length === 0 ? ok(null) : ok(gatherer.finish());
  });
  if (!gathered.ok) return fail(gathered.failure.detail);
  if (!gathered.value.ok || gathered.value.value !== null) return gathered.value as Result<Gathered, string>;
  // By chance a piece may have nobody.
  return ok({ state: task.start(), rows: { read: 0, rejected: 0, firstRejected: [] }, columns: {} });
}

/** Users of the piece with something in the split that was held out; what others did is passed over. */
async function readUsers(
  { store }: EvaluateDeps,
  tenant: string,
  { dataset, predicted }: PredictedPlan,
  { users: share }: UsersObject,
  gatherer: Gatherer,
): Promise<Result<ReadonlyMap<string, UserRecord>, string>> {
  const users = new Map<string, UserRecord>();
  // Those that were held out come first: they say whose history is wanted.
  const parts = [...(predicted.parts ?? [])].sort((a, b) => Number(b.isHeldOut) - Number(a.isHeldOut));
  for (const { path, sha256, rows, isHeldOut } of parts) {
    const bytes = await openPart(store, tenant, dataset, { key: path, sha256 });
    if (!bytes.ok) return fail(`${path} ${bytes.failure}`);
    for await (const lines of readLines(bytes.value, { from: 0, count: rows }, LINES_AT_ONCE)) {
      for (const line of lines) {
        const read = readInteraction(line, share);
        if (!read.ok) gatherer.unreadable(line.line, `${path}: ${read.failure}`);
        else if (read.value !== null) remember(users, read.value.user, read.value.event, isHeldOut);
      }
    }
  }
  return ok(users);
}

function remember(
  users: Map<string, UserRecord>,
  user: string,
  event: UserRecord['before'][number],
  isHeldOut: boolean,
): void {
  const known = users.get(user);
  if (isHeldOut) {
    if (known) known.after.push(event);
    else users.set(user, { before: [], after: [event] });
    return;
  }
  if (!known) return;
  known.before.push(event);
  if (known.before.length >= 2 * MAX_HISTORY) known.before.splice(0, Infinity, ...newestFirst(known.before));
}

function newestFirst(events: UserRecord['before']): UserRecord['before'] {
  return events.sort((a, b) => b.atMs - a.atMs).slice(0, MAX_HISTORY);
}

function queriesOf(users: ReadonlyMap<string, UserRecord>, allowSeen: boolean): Query[] {
  return [...users].flatMap(([user, { before, after }]) => {
    const nowMs = after.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
    const history = newestFirst(before.filter(({ atMs }) => atMs < nowMs));
    const seen = new Set(allowSeen ? [] : history.map(({ itemId }) => itemId));
    const relevant = new Set(after.map(({ itemId }) => itemId).filter((itemId) => !seen.has(itemId)));
    return relevant.size === 0 ? [] : [{ user, history, nowMs, relevant }];
  });
}

async function recommendAll(
  { store, packs }: EvaluateDeps,
  tenant: string,
  plan: PredictedPlan,
  model: PlannedModel,
  queries: readonly Query[],
): Promise<Result<string[][], string>> {
  const fixed = await readFixed(store, model);
  if (!fixed.ok) return fail(fixed.failure.detail);
  if (fixed.value.manifestSha256 !== model.manifestSha256)
    return fail(`the manifest of ${model.name}@${model.version} was changed since the evaluation began`);
  const depth = Math.max(...depthsOf(plan));
  const serving = { acquire: () => packs.acquire(model) };
  const lists: string[][] = [];
  for (const { history, nowMs } of queries) {
    const used = await useModel(serving, { tenant, defer: () => {} }, packId(model), (loaded) =>
      recommendItems(asRecommender(loaded), { events: history, nowMs }, depth, plan.predicted.allowSeen ?? false),
    );
    if (!used.ok) return fail(used.failure.detail);
    lists.push(used.value);
  }
  return ok(lists);
}

function rowOf({ user, relevant }: Query, [candidate = [], baseline]: readonly string[][], k: number): PredictedRow {
  const view = (ranked: readonly string[]) => ({ queryId: user, relevant: [...relevant], ranked });
  const paired = baseline && { candidate: ndcgAt(k, candidate, relevant), baseline: ndcgAt(k, baseline, relevant) };
  const views = baseline ? [view(candidate), view(baseline)] : [view(candidate)];
  return { label: '', views, paired: paired ?? null, isKnown: views.map(() => true) };
}

function depthsOf({ settings }: PredictedPlan): readonly number[] {
  return (settings as { readonly k: readonly number[] }).k;
}
