import { Hono } from 'hono';
import type { Clock } from '../ports/clock.ts';
import type { KeyRing } from '../ports/key-ring.ts';
import { errorResponse } from './error-style.ts';
import type { LoadGauge } from './load-gauge.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Log } from './request-log.ts';

/** What every function needs to speak HTTP. */
export interface HttpDeps {
  readonly keyRing: KeyRing;
  readonly rateLimiter: RateLimiter;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly gauge: LoadGauge;
  /** Whether the function can serve: its storage answers. */
  readonly isReady: () => Promise<boolean>;
  /** Where work goes that may end after the answer, on platforms without an execution context (AWS Lambda). */
  readonly background?: (work: Promise<unknown>) => void;
}

/** The app type of all functions: no platform bindings reach it. */
export type App = Hono;

/** An app that answers health checks and, in problem documents, what is not there. */
export function newApp(deps: Pick<HttpDeps, 'newId' | 'isReady'>): App {
  const app = new Hono();
  app.get('/health/live', (c) => c.json({ status: 'live' }));
  app.get('/health/ready', async (c) => {
    const ready = await deps.isReady().catch(() => false);
    return ready ? c.json({ status: 'ready' }) : c.json({ status: 'not ready' }, 503);
  });
  app.notFound((c) => {
    const detail = `There is no ${c.req.method} ${c.req.path}. GET /openapi.json lists what there is.`;
    return errorResponse({ kind: 'not-found', detail }, 'problem', deps.newId());
  });
  return app;
}
