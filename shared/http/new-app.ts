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

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** An app that answers health checks and, in problem documents, what is not there. */
export function newApp(deps: Pick<HttpDeps, 'newId' | 'isReady'>): App {
  const app = new Hono();
  app.get('/health/live', (c) => c.json({ status: 'live' }));
  app.get('/health/ready', async (c) => {
    const ready = await deps.isReady().catch(() => false);
    return ready ? c.json({ status: 'ready' }) : c.json({ status: 'not ready' }, 503);
  });
  app.notFound((c) => {
    const allow = METHODS.filter((method) => app.router.match(method, c.req.path)[0].length > 0);
    if (allow.length > 0) {
      const detail = `${c.req.method} is not allowed here; ${allow.join(' and ')} is.`;
      return errorResponse({ kind: 'method-not-allowed', detail, allow: withHead(allow) }, 'problem', deps.newId());
    }
    const detail = `There is no ${c.req.method} ${c.req.path}. GET /openapi.json lists what there is.`;
    return errorResponse({ kind: 'not-found', detail }, 'problem', deps.newId());
  });
  return app;
}

/** Where GET is answered, HEAD is too (RFC 9110, 9.3.2). */
function withHead(allow: readonly string[]): string[] {
  return allow.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
