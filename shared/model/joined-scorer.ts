import type { TextModel } from './text-model.ts';
import type { EncodedText } from './tokenizer.ts';

/** Requests with more rows than this fill a run by themselves. */
const MAX_JOINED_ROWS = 16;

/** Scores the rows of one request, perhaps in one run with those of requests that arrived meanwhile. */
export interface Scorer {
  score(model: TextModel, rows: readonly EncodedText[]): Promise<Float64Array[]>;
}

export interface JoinedScorerOptions {
  /** Whether other requests are under way in this isolate, so that waiting one turn may meet them. */
  readonly isBusy: () => boolean;
  /** Lets the event loop turn once, in the caller's own request context. */
  readonly yieldTurn: () => Promise<void>;
}

interface Member {
  readonly rows: readonly EncodedText[];
  state: 'waiting' | 'taken' | 'done';
  scores: Float64Array[];
}

/**
 * Joins concurrent small requests into one run. Every member waits one turn of the event loop; the first to wake runs all rows
 * that wait and leaves each member its scores as plain data. No promise is shared between requests, so that a cancelled
 *request can neither hang nor fail the others: a member that was taken but finds no scores (the run failed, or is not over)
 * runs its own rows alone.
 */
export function createJoinedScorer(options: JoinedScorerOptions): Scorer {
  const waiting = new WeakMap<TextModel, Member[]>();

  return {
    async score(model, rows) {
      if (rows.length > MAX_JOINED_ROWS || !options.isBusy()) return model.score(rows);
      const member: Member = { rows, state: 'waiting', scores: [] };
      const queue = waiting.get(model);
      if (queue) queue.push(member);
      else waiting.set(model, [member]);
      await options.yieldTurn();
      if (member.state === 'waiting') await runAll(model, takeAll(waiting, model)).catch(() => undefined);
      return member.state === 'done' ? member.scores : model.score(rows);
    },
  };
}

function takeAll(waiting: WeakMap<TextModel, Member[]>, model: TextModel): Member[] {
  const members = waiting.get(model) ?? [];
  waiting.delete(model);
  for (const member of members) member.state = 'taken';
  return members;
}

async function runAll(model: TextModel, members: readonly Member[]): Promise<void> {
  const scores = await model.score(members.flatMap((member) => member.rows));
  let next = 0;
  for (const member of members) {
    member.scores = scores.slice(next, next + member.rows.length);
    member.state = 'done';
    next += member.rows.length;
  }
}

const ONE_BYTE = new Uint8Array(1);

/**
 * One turn of the event loop by reading a constant body: in workerd a microtask comes too early for other requests' bodies to
 * have arrived, and a timer is rounded up to a whole millisecond.
 */
export async function yieldTurnByBody(): Promise<void> {
  await new Response(ONE_BYTE).arrayBuffer();
}
