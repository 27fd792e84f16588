import { describeError } from '../../shared/http/request-log.ts';
import type { PutCondition } from '../../shared/ports/blob-store.ts';
import type { Verdict } from '../../shared/ports/queue.ts';
import { BuildError } from './build-error.ts';
import { clearStaged } from './clear-staged.ts';
import { decideBuild } from './decide-build.ts';
import type { PrepareDeps } from './deps.ts';
import { carryDownload } from './download.ts';
import { finishBuild } from './finish.ts';
import { type BuildMessage, PrepareMessageSchema } from './message.ts';
import { type BuildPlace, openBuildKey, type Plan, readPlan } from './plan.ts';
import { scanChunk } from './scan.ts';
import { type BuildState, readState, writeState } from './state.ts';
import { writeChunk } from './write.ts';

const DONE: Verdict = { kind: 'done' };
const AGAIN: Verdict = { kind: 'retry', afterSeconds: 5 };
/** Steps of one delivery: each takes seconds, and a platform gives minutes. Deciding is one that takes more, and a delivery of its own. */
const STEPS_A_DELIVERY = 8;
/** How far a build is is written down this often: storage takes one write a second of a key. */
const WRITE_MS = 2_000;

/**
 * Carries builds on, step by step. Every step may be done twice and by several at once: what is written under a name is decided by the
 * plan, and of two that write down how far they are one wins.
 */
export async function consume(deps: PrepareDeps, messages: readonly unknown[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const message of messages) verdicts.push(await consumeOne(deps, message));
  return verdicts;
}

async function consumeOne(deps: PrepareDeps, message: unknown): Promise<Verdict> {
  const parsed = PrepareMessageSchema.safeParse(message);
  if (!parsed.success) {
    deps.log({ event: 'incident', what: 'a message that is not understood was dropped' });
    return DONE;
  }
  try {
    const message = parsed.data;
    const isOver =
      'upload' in message ? await carryDownload(deps, message.tenant, message.upload) : await carryOn(deps, message);
    if (!isOver) await deps.queue.send([parsed.data]);
    return DONE;
  } catch (error) {
    deps.log({
      event: 'incident',
      what: 'a dataset or an upload could not be carried on',
      error: describeError(error),
    });
    return AGAIN;
  }
}

/** Whether nothing is left to do. */
async function carryOn(deps: PrepareDeps, place: BuildMessage): Promise<boolean> {
  const plan = await readPlan(deps.store, place);
  const read = await readState(deps.store, place);
  // Both are durable before anything is queued: there is no build of this name.
  if (!plan || !read) return true;
  let { state } = read;
  let condition: PutCondition | null = read.condition;
  let writtenAtMs = deps.clock.now();
  for (let step = 0; state.status === 'running' && step < STEPS_A_DELIVERY; step++) {
    const before: BuildState['step'] = state.step;
    state = { ...(await takeStep(deps, place, plan, state)), requeued: 0 };
    const now = deps.clock.now();
    const isLast = state.status !== 'running' || step + 1 === STEPS_A_DELIVERY;
    // From the decision on the version has its name: nobody may decide anew.
    const isFixed = before === 'decide' && state.step !== 'decide';
    if (!isLast && !isFixed && Math.abs(now - writtenAtMs) < WRITE_MS) continue;
    state = { ...state, updatedAt: new Date(now).toISOString() };
    condition = await writeState(deps, place, state, condition);
    // Somebody else carries it on, and has got as far.
    if (condition === null) return true;
    writtenAtMs = now;
  }
  if (state.status === 'running') return false;
  await clearStaged(deps.store, place);
  if (state.status === 'done') await deps.store.delete(openBuildKey(place));
  return true;
}

async function takeStep(deps: PrepareDeps, place: BuildPlace, plan: Plan, state: BuildState): Promise<BuildState> {
  try {
    switch (state.step) {
      case 'scan':
        return await scanChunk(deps, place, plan, state);
      case 'decide':
        return await decideBuild(deps, place, plan, state);
      case 'write':
        return await writeChunk(deps, place, state);
      case 'finish':
        return await finishBuild(deps, place, plan, state);
      default:
        return state.step satisfies never;
    }
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return { ...state, status: 'failed', reason: error.message };
  }
}
