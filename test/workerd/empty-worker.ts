import { handle } from './entry-point.ts';

/** The pool wants a main Worker; tests import the real ones themselves, or set what this one answers. */
export default {
  fetch: (request: Request, env: object, context: ExecutionContext) => handle(request, env, context),
};
