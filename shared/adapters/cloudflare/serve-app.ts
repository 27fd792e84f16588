import type { App } from '../../http/new-app.ts';

/**
 * The `fetch` entry of a Worker around an app that is built from the environment once per isolate, at the first request: a Worker
 * has no environment before.
 */
export function serveApp(build: (env: object) => App): Required<Pick<ExportedHandler<object>, 'fetch'>> {
  let app: App | undefined;
  return {
    fetch(request, env, context) {
      app ??= build(env);
      return app.fetch(request, env, context);
    },
  };
}
