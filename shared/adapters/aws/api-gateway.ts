import { handle } from 'hono/aws-lambda';
import type { App } from '../../http/new-app.ts';

/** Work that must end before Lambda freezes the instance. */
export interface Background {
  add(work: Promise<unknown>): void;
  settle(): Promise<void>;
}

export function createBackground(): Background {
  const pending = new Set<Promise<unknown>>();
  return {
    add(work) {
      pending.add(work);
      void work.finally(() => pending.delete(work));
    },
    async settle() {
      await Promise.all(pending);
    },
  };
}

export type LambdaHandler = ReturnType<typeof handle>;

/** The app behind an API Gateway HTTP API (payload format 2.0), bodies in base64 included. */
export function createLambdaHandler(app: App, background: Background): LambdaHandler {
  const answer = handle(app);
  return async (event, context) => {
    const result = await answer(event, context);
    await background.settle();
    return result;
  };
}
