import { consume, handle } from './entry-point.ts';

export { CoordinatorObject } from '../../shared/adapters/cloudflare/durable-coordinator.ts';

/** The pool wants a main Worker; tests import the real ones themselves, or set what this one answers and consumes. */
export default {
  fetch: (request: Request, env: object, context: ExecutionContext) => handle(request, env, context),
  queue: (batch: MessageBatch<string>, env: object, context: ExecutionContext) => consume(batch, env, context),
};
