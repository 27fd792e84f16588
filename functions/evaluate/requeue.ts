import { evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import type { EvaluateDeps } from './deps.ts';
import { readEventPlan } from './event-plan.ts';
import { deleteOpen, listOpen, readOpen, writeOpen } from './open-evaluation.ts';
import { chainParts } from './part-chain.ts';
import { listParts, type PartName } from './part-name.ts';
import { type Plan, readPlan } from './plan.ts';
import { queueOpenParts } from './queue-parts.ts';
import { writeResult } from './stored.ts';

/** Open evaluations that a tick looks at. */
const MAX_OPEN = 100;
/** An evaluation that did not get on for so long is queued again; each time in vain, twice as long is waited for the next. */
const FIRST_WAIT_MS = 5 * 60 * 1000;
/**
 * Times that it is queued again before it is given up: two and a half hours without a part, in which a queue that is full gets to it. A part
 * that kills whoever reads it must not be tried for ever.
 */
const MAX_TRIES = 4;
/** Objects that are named when it is given up. */
const MAX_NAMED = 100;

/** Queues again what got lost of a tenant's open evaluations, and ends those that do not get on. */
export async function requeueOpen(deps: EvaluateDeps, tenant: string, nowMs: number): Promise<void> {
  for (const id of await listOpen(deps.store, tenant, MAX_OPEN)) await lookAt(deps, tenant, id, nowMs);
}

async function lookAt(deps: EvaluateDeps, tenant: string, id: string, nowMs: number): Promise<void> {
  const { store } = deps;
  const read = await readOpen(store, tenant, id);
  if (read === null) return;
  const { atMs, done, tries } = read.open;
  // A clock that was set back must not put it off for long.
  if (Math.abs(nowMs - atMs) < FIRST_WAIT_MS * 2 ** tries) return;
  const plan = await readPlan(store, tenant, id);
  const isThere = plan !== null || (await readEventPlan(store, tenant, id)) !== null;
  const isOver = !isThere || (await store.head(evaluationResultKey(tenant, id))).kind === 'found';
  if (isOver) return deleteOpen(store, tenant, id);
  const parts = await listParts(store, tenant, id);
  if (parts.length > done) {
    await writeOpen(deps, tenant, id, { atMs: nowMs, done: parts.length, tries: 0 }, read.condition);
    return;
  }
  if (tries >= MAX_TRIES) return giveUp(deps, tenant, id, plan, parts);
  // Of two ticks at once one queues.
  const isOurs = await writeOpen(deps, tenant, id, { atMs: nowMs, done, tries: tries + 1 }, read.condition);
  if (!isOurs) return;
  if (plan !== null) await queueOpenParts(deps, tenant, id, plan);
  else await deps.queue.send([{ tenant, id, part: 0 }]);
}

async function giveUp(
  deps: EvaluateDeps,
  tenant: string,
  id: string,
  plan: Plan | null,
  parts: readonly PartName[],
): Promise<void> {
  const said = `although it was tried ${MAX_TRIES + 1} times. Delete the evaluation to begin it again.`;
  const keys = plan === null ? ['source.events'] : missingKeys(plan, parts);
  const failures = keys.map((key) => ({ key, reason: `was not worked out ${said}` }));
  const merge = { key: plan?.objects[0]?.key ?? '', reason: `All parts are there, but they were not merged ${said}` };
  await writeResult(deps.store, tenant, id, { failures: keys.length > 0 ? failures : [merge] });
  deps.log({ event: 'incident', what: `evaluation ${id} of tenant ${tenant} was given up` });
}

function missingKeys(plan: Plan, parts: readonly PartName[]): string[] {
  const chain = chainParts(plan.objects, parts);
  if (chain.kind === 'whole') return [];
  const places = chain.kind === 'incomplete' ? chain.missing : chain.again.map(({ part }) => part);
  return [...new Set(places.map((place) => plan.objects[place]?.key ?? ''))].slice(0, MAX_NAMED);
}
