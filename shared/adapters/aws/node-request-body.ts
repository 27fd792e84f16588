import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

/** A web stream as Node's HTTP client takes it; the length goes into the request's header. */
export function nodeRequestBody(stream: ReadableStream<Uint8Array>): Readable {
  // The same class at run time; TypeScript has one type of it for the web and one for Node.
  return Readable.fromWeb(stream as NodeReadableStream);
}
