import type { EvaluateDeps } from './deps.ts';
import { listParts } from './part-name.ts';
import type { Plan } from './plan.ts';

/** Queues the parts that are not there yet. Messages that are on their way besides do no harm. */
export async function queueOpenParts(
  { store, queue }: Pick<EvaluateDeps, 'store' | 'queue'>,
  tenant: string,
  id: string,
  plan: Plan,
): Promise<void> {
  const done = new Set((await listParts(store, tenant, id)).map(({ part }) => part));
  const open = plan.objects.flatMap((_, part) => (done.has(part) ? [] : [part]));
  // Where all are done but the merge is missing, any part's message leads to it.
  const parts = open.length > 0 ? open : [0];
  await queue.send(parts.map((part) => ({ tenant, id, part })));
}
