import type { APIGatewayProxyResult, LambdaEvent } from 'hono/aws-lambda';

export type HttpApiEvent = Extract<LambdaEvent, { rawPath: string }>;

const API = {
  accountId: '123456789012',
  apiId: 'a1b2c3d4e5',
  domain: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
};

/**
 * The event that an API Gateway HTTP API (payload format 2.0) makes of a request: header names in lower case, repeated headers
 * joined by commas, cookies apart, bodies that are not text in base64.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export async function toApiGatewayEvent(request: Request): Promise<HttpApiEvent> {
  const { pathname, search, searchParams } = new URL(request.url);
  const body = Buffer.from(await request.arrayBuffer());
  const { cookie, ...headers } = Object.fromEntries(request.headers);
  const isText = /^(text\/|application\/(json|javascript|xml))/.test(headers['content-type'] ?? '');
  const isUtf8 = Buffer.from(body.toString('utf8')).equals(body);
  const isBase64Encoded = body.length > 0 && !(isText && isUtf8);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers: {
      ...headers,
      ...(body.length > 0 ? { 'content-length': String(body.length) } : {}),
      host: API.domain,
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(search === '' ? {} : { queryStringParameters: joinRepeated(searchParams) }),
    requestContext: {
      authentication: null,
      authorizer: {},
      accountId: API.accountId,
      apiId: API.apiId,
      domainName: API.domain,
      domainPrefix: API.apiId,
      http: {
        method: request.method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'test',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:10:00:00 +0000',
      timeEpoch: Date.UTC(2026, 10, 24, 10),
    },
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** What API Gateway sends to the client for a function's structured answer. */
export function toResponse(result: APIGatewayProxyResult): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(result.headers ?? {})) headers.set(name, String(value));
  for (const cookie of result.cookies ?? []) headers.append('set-cookie', cookie);
  const bytes = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
  return new Response(bytes.length === 0 ? null : new Uint8Array(bytes), { status: result.statusCode, headers });
}

function joinRepeated(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]));
}
