import { Hono } from 'hono';
import { errorResponse } from '../../shared/http/error-style.ts';
import type { App } from '../../shared/http/new-app.ts';
import { describeError, type Log } from '../../shared/http/request-log.ts';
import { renderDocs } from './docs.ts';
import { checkReadiness, type Functions, findFunction } from './gateway.ts';
import type { OpenApiDocument } from './openapi-document.ts';

export interface Deps {
  readonly functions: Functions;
  readonly openapi: OpenApiDocument;
  readonly newId: () => string;
  readonly log: Log;
}

/** Routes by path; keys are verified by the functions themselves. */
export function createApp(deps: Deps): App {
  const app = new Hono();
  const docs = renderDocs(deps.openapi);
  app.get('/health/live', (c) => c.json({ status: 'live' }));
  app.get('/health/ready', async (c) => {
    const readiness = await checkReadiness(deps.functions);
    return c.json(readiness, readiness.status === 'ready' ? 200 : 503);
  });
  app.get('/openapi.json', (c) => c.json(deps.openapi));
  app.get('/docs', (c) => c.html(docs));
  app.get('/', (c) => c.redirect('/docs'));
  app.all('*', async (c) => {
    const name = findFunction(c.req.path);
    if (name === null) {
      const detail = `There is no ${c.req.method} ${c.req.path}. GET /openapi.json lists what there is.`;
      return errorResponse({ kind: 'not-found', detail }, 'problem', deps.newId());
    }
    try {
      return await deps.functions[name](c.req.raw);
    } catch (error) {
      const requestId = deps.newId();
      deps.log({ event: 'incident', what: `forwarding to ${name} failed`, requestId, error: describeError(error) });
      const detail = `The function "${name}" does not answer at the moment.`;
      const style = c.req.path.startsWith('/hf/') ? 'hugging-face' : name === 'infer' ? 'open-inference' : 'problem';
      return errorResponse({ kind: 'unavailable', detail, retryAfterSeconds: 2 }, style, requestId);
    }
  });
  return app;
}
