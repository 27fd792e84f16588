type Handler = (request: Request, env: object, context: ExecutionContext) => Response | Promise<Response>;

let handler: Handler = () => new Response(null, { status: 404 });

/** What the test Worker answers with from now on: tests need real requests, each with a context of its own. */
export function answerWith(next: Handler): void {
  handler = next;
}

export function handle(request: Request, env: object, context: ExecutionContext): Response | Promise<Response> {
  return handler(request, env, context);
}
