import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { parseJsonBytes, parseWith, readBody } from '../../shared/http/body.ts';
import { type EvaluateRequest, EvaluateRequestSchema, MAX_BODY_BYTES, MAX_FILE_BYTES } from './contract.ts';
import type { RowFormat } from './row-reader.ts';

/** A file as it streams in. */
export interface FileBody {
  readonly body: ReadableStream<Uint8Array>;
  /** What the media type says; the content tells otherwise. */
  readonly format?: RowFormat;
}

/** The body of `POST /v1/evaluate`. */
export type EvaluateBody = { readonly file: FileBody } | { readonly request: EvaluateRequest };

/** What is called JSON is a request, all else a file. */
export async function readEvaluateBody(request: Request, headers: Headers): Promise<Outcome<EvaluateBody>> {
  const mediaType = headers.get('content-type') ?? '';
  if (/^application\/json\b/i.test(mediaType)) {
    const bytes = await readBody(request, headers, MAX_BODY_BYTES);
    if (!bytes.ok) return bytes;
    const json = parseJsonBytes(bytes.value);
    const parsed = json.ok ? parseWith(EvaluateRequestSchema, json.value, 'body') : json;
    return parsed.ok ? ok({ request: parsed.value }) : parsed;
  }
  if (Number(headers.get('content-length') ?? 0) > MAX_FILE_BYTES) {
    const detail = `The file is over the limit of ${MAX_FILE_BYTES} bytes. Gzip it, or store it and name it by source.keys.`;
    return fail({ kind: 'too-large', detail, limitBytes: MAX_FILE_BYTES });
  }
  if (!request.body) return fail({ kind: 'malformed-body', detail: 'The body is empty; JSON or a file is expected.' });
  const format = /ndjson|jsonl|json-lines/i.test(mediaType) ? 'ndjson' : /csv/i.test(mediaType) ? 'csv' : undefined;
  return ok({ file: { body: request.body, ...(format ? { format } : {}) } });
}
