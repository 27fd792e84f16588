import { expect, test } from 'vitest';
import { OpenApiDocumentSchema } from '../../../functions/gateway/openapi-document.ts';
import { get, jsonOf, post, problemOf, type UseServer } from '../test-server.ts';

/** What the gateway itself answers. */
export function describeGateway(useServer: UseServer): void {
  const document = async () => OpenApiDocumentSchema.parse(await jsonOf(await useServer().fetch('/openapi.json')));

  test('the OpenAPI document joins all functions', async () => {
    const paths = Object.keys((await document()).paths);
    const expected = [
      '/v1/classify',
      '/hf/text-classification/{model}',
      '/v1/tag',
      '/hf/image-classification/{model}',
      '/v1/recommend',
      '/v1/recommend/similar',
      '/v1/recommend/rank',
      '/v1/recommend/rating',
      '/v1/recommend/arms',
      '/v1/recommend/arms/{name}',
      '/v1/policy',
      '/v1/models',
      '/v1/models/choose',
      '/v1/models/{name}',
      '/v2/models/{model}/infer',
      '/v1/events',
      '/v1/evaluate',
      '/v1/evaluate/power',
      '/v1/uploads',
      '/v1/datasets',
      '/v1/datasets/{name}',
    ];
    expect(paths).toEqual(expect.arrayContaining(expected));
  });

  test('the documentation page has every operation and fetches nothing', async () => {
    const page = await (await useServer().fetch('/docs')).text();
    for (const methods of Object.values((await document()).paths)) {
      for (const operation of Object.values(methods)) expect(page).toContain(`id="${operation.operationId}"`);
    }
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  });

  test('it is live, and ready when every function is', async () => {
    expect(await jsonOf(await useServer().fetch('/health/live'))).toEqual({ status: 'live' });
    expect(await jsonOf(await useServer().fetch('/health/ready'))).toEqual({
      status: 'ready',
      functions: {
        classify: true,
        tag: true,
        recommend: true,
        rebuild: true,
        train: true,
        models: true,
        infer: true,
        collect: true,
        evaluate: true,
        prepare: true,
      },
    });
  });

  test('paths go to their function by whole segments', async () => {
    await jsonOf(await useServer().fetch('/v1/classify', post({ inputs: 'good', model: 'mood' })));
    await problemOf(await useServer().fetch('/v1/classifyx', post({ inputs: 'good', model: 'mood' })), 404);
    const problem = await problemOf(await useServer().fetch('/nothing/here', get()), 404);
    expect(problem.detail).toContain('/openapi.json');
  });

  test('HEAD answers as GET does, without a body', async () => {
    const response = await useServer().fetch('/v1/models', { ...get(), method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
}
