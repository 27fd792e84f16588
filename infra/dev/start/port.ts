import { createServer } from 'node:net';
import { DevError } from '../bootstrap/dev-error.mjs';

/** Throws `DevError` if the port can't be listened on. Asked before anything is started, so that nothing has to be undone. */
export async function requireFreePort(port: number, host: string): Promise<void> {
  const code = await tryToListen(port, host);
  if (code === undefined) return;
  if (code === 'EACCES')
    throw new DevError(`port ${port} needs more rights than you have.`, 'Choose one above 1023: PORT=8788 npm start');
  throw new DevError(
    `port ${port} is taken (${code}), perhaps by another npm start.`,
    `Stop that one, or choose another port: PORT=${port === 65_535 ? 8788 : port + 1} npm start`,
  );
}

/** A port that nobody listens on now. */
export function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function tryToListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
