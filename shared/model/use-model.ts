import type { Outcome } from '../core/failure.ts';
import { ok } from '../core/result.ts';
import { SessionReleasedError } from '../ports/inference-engine.ts';
import type { Serving } from './serving.ts';

/** Tries in all; each needs another request to have taken the memory between acquiring the model and its run. */
const ATTEMPTS = 4;

/** Who asks: whose models are meant, and where work goes that may end after the answer. */
interface User {
  readonly tenant: string;
  readonly defer: (work: Promise<unknown>) => void;
}

/**
 * Runs `work` on the model that `model` names. When its memory was given to a model of another request before it ran, it is
 * acquired again and `work` repeated, told by `isRetry` to waste no time until the run.
 */
export async function useModel<T, R>(
  serving: Serving<T>,
  user: User,
  model: string,
  work: (loaded: T, isRetry: boolean) => Promise<R>,
): Promise<Outcome<R>> {
  for (let attempt = 1; ; attempt++) {
    const acquired = await serving.acquire(user.tenant, model, user.defer);
    if (!acquired.ok) return acquired;
    try {
      return ok(await work(acquired.value, attempt > 1));
    } catch (error) {
      if (!(error instanceof SessionReleasedError) || attempt === ATTEMPTS) throw error;
    }
  }
}
