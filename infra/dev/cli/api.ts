import { z } from 'zod';
import { DevError } from '../bootstrap/dev-error.mjs';
import { readInstance } from '../workspace/instance.ts';
import { readLocalKey } from '../workspace/local-key.ts';
import { stateFolder } from '../workspace/paths.ts';
import { localUrl } from './target.ts';

/** How long an answer may take. */
const CALL_MILLISECONDS = 60_000;
const FILE_MILLISECONDS = 300_000;

/** RFC 9457, as far as it is shown. */
const ProblemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
});

/**
 * Calls the HTTP interface, by GET without a body, with a form as it is and anything else as JSON, at `EDGEMARK_URL` with
 * `EDGEMARK_KEY`, else the local instance with its key. Throws `DevError` with the problem's own words for anything but 2xx.
 */
export async function callApi(environment: NodeJS.ProcessEnv, path: string, body?: unknown): Promise<unknown> {
  return ask(environment, path, (headers) => toRequest(body, headers), CALL_MILLISECONDS);
}

/** The same, the answer as text, whatever kind it is. */
export function callForText(environment: NodeJS.ProcessEnv, path: string, body?: unknown): Promise<string> {
  return askText(environment, path, (headers) => toRequest(body, headers), CALL_MILLISECONDS);
}

/** The same by PUT, with the body as JSON. */
export function callPut(environment: NodeJS.ProcessEnv, path: string, body: unknown): Promise<unknown> {
  return ask(environment, path, (headers) => ({ ...toRequest(body, headers), method: 'PUT' }), CALL_MILLISECONDS);
}

/** The same by DELETE. */
export function callDelete(environment: NodeJS.ProcessEnv, path: string): Promise<unknown> {
  return ask(environment, path, (headers) => ({ method: 'DELETE', headers }), CALL_MILLISECONDS);
}

/** The same with a file's bytes. */
export function sendFile(
  environment: NodeJS.ProcessEnv,
  method: 'POST' | 'PUT',
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<unknown> {
  const toInit = (headers: Record<string, string>) => ({
    method,
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    body: bytes,
  });
  return ask(environment, path, toInit, FILE_MILLISECONDS);
}

/** Sends a file's bytes by POST and gives the answer's text, whatever kind it is. */
export function sendForText(
  environment: NodeJS.ProcessEnv,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const toInit = (headers: Record<string, string>) => ({
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    body: bytes,
  });
  return askText(environment, path, toInit, FILE_MILLISECONDS);
}

async function ask(
  environment: NodeJS.ProcessEnv,
  path: string,
  toInit: (headers: Record<string, string>) => RequestInit,
  milliseconds: number,
): Promise<unknown> {
  return JSON.parse(await askText(environment, path, toInit, milliseconds));
}

async function askText(
  environment: NodeJS.ProcessEnv,
  path: string,
  toInit: (headers: Record<string, string>) => RequestInit,
  milliseconds: number,
): Promise<string> {
  const url = environment['EDGEMARK_URL'] || localUrl(environment);
  const init = toInit({ Authorization: `Bearer ${requireKey(environment)}` });
  const response = await send(new URL(path, url), init, milliseconds);
  const text = await response.text();
  if (response.ok) return text;
  throw new DevError(`${response.status} ${describeProblem(text)}`, remedyOf(response.status, url));
}

async function send(url: URL, init: RequestInit, milliseconds: number): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(milliseconds) });
  } catch {
    throw new DevError(`nothing answers at ${url.origin}.`, 'Start it with npm start, or set EDGEMARK_URL.');
  }
}

function toRequest(body: unknown, headers: Record<string, string>): RequestInit {
  // The form's own media type names its boundary.
  if (body instanceof FormData) return { method: 'POST', headers, body };
  const json = { ...headers, 'Content-Type': 'application/json' };
  return body === undefined ? { headers: json } : { method: 'POST', headers: json, body: JSON.stringify(body) };
}

function requireKey(environment: NodeJS.ProcessEnv): string {
  const folder = stateFolder(environment);
  const key =
    environment['EDGEMARK_KEY'] || environment['EDGEMARK_DEV_KEY'] || readInstance(folder)?.key || readLocalKey(folder);
  if (key) return key;
  throw new DevError('there is no API key.', 'Set EDGEMARK_KEY, or run npm start, which makes a local one.');
}

function describeProblem(text: string): string {
  try {
    const problem = ProblemSchema.parse(JSON.parse(text));
    return `${problem.detail ?? problem.title ?? 'without words'} (request ${problem.requestId ?? 'unknown'})`;
  } catch {
    return text.slice(0, 200);
  }
}

function remedyOf(status: number, url: string): string {
  if (status === 401 || status === 403)
    return `Set EDGEMARK_KEY to a key that ${url} knows, with the scope of this command.`;
  if (status === 404) return 'npm run edgemark -- models list (or arms list) shows what there is.';
  if (status === 409) return 'See what there is now, and try again.';
  if (status >= 500) return 'Try again; if it stays, the log of the functions has the request under its number.';
  return 'Change the call as it says.';
}
