import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { toApiGatewayEvent, toResponse } from './api-gateway-event.ts';

/** A function's address as API Gateway gives it: every request over HTTP becomes an event for `handler`. */
export async function startApiGateway(
  handler: LambdaHandler,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: urlOf(server), stop: () => stop(server) };
}

async function answer(handler: LambdaHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = Object.entries(incoming.headersDistinct).map(([name, values = []]): [string, string] => [
    name,
    values.join(','),
  ]);
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  const request = new Request(`https://function.test${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers,
    ...body,
  });
  const response = toResponse(await handler(await toApiGatewayEvent(request)));
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
