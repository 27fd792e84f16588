type Handler = (request: Request, env: object, context: ExecutionContext) => Response | Promise<Response>;
type QueueHandler = (batch: MessageBatch<string>, env: object, context: ExecutionContext) => Promise<void>;

let handler: Handler = () => new Response(null, { status: 404 });
let queueHandler: QueueHandler = async () => {};

/** What the test Worker answers with from now on: tests need real requests, each with a context of its own. */
export function answerWith(next: Handler): void {
  handler = next;
}

/** What the test Worker does with what its queues deliver from now on. */
export function consumeWith(next: QueueHandler): void {
  queueHandler = next;
}

export function handle(request: Request, env: object, context: ExecutionContext): Response | Promise<Response> {
  return handler(request, env, context);
}

export function consume(batch: MessageBatch<string>, env: object, context: ExecutionContext): Promise<void> {
  return queueHandler(batch, env, context);
}
