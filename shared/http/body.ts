import type { z } from 'zod';
import type { FieldError, Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';

/** How many wrong fields one answer names. */
const MAX_FIELD_ERRORS = 20;

/**
 * The whole body as bytes, refused as soon as it is known to be over `limitBytes`: by its declared length before a byte is
 * read, else while it streams in.
 */
export async function readBody(
  request: Request,
  headers: Headers,
  limitBytes: number,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const declared = headers.get('content-length');
  if (declared !== null && Number(declared) > limitBytes) return tooLarge(limitBytes);
  // Servers cut a body at its declared length; a length that is no number is not trusted.
  if (declared !== null && /^\d+$/.test(declared)) return ok(new Uint8Array(await request.arrayBuffer()));
  return request.body ? readCounted(request.body, limitBytes) : ok(new Uint8Array());
}

async function readCounted(
  body: ReadableStream<Uint8Array>,
  limitBytes: number,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    sizeBytes += value.byteLength;
    if (sizeBytes > limitBytes) {
      await reader.cancel('body over the limit');
      return tooLarge(limitBytes);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return ok(bytes);
}

function tooLarge(limitBytes: number): Outcome<never> {
  return fail({ kind: 'too-large', detail: `The body is over the limit of ${limitBytes} bytes.`, limitBytes });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** JSON (RFC 8259: UTF-8 only) from bytes, with the reason when it is not. */
export function parseJsonBytes(bytes: Uint8Array): Outcome<unknown> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return fail({ kind: 'malformed-body', detail: 'The body is not valid UTF-8.' });
  }
  if (text.length === 0) return fail({ kind: 'malformed-body', detail: 'The body is empty; JSON is expected.' });
  try {
    return ok(JSON.parse(text));
  } catch {
    return fail({ kind: 'malformed-body', detail: 'The body is not valid JSON.' });
  }
}

/** Parses `value` by `schema`; every wrong field is named by its path (`inputs[3].text`), `where` when it is the whole. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, where: string): Outcome<z.output<S>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const errors = flattenIssues(parsed.error.issues, []).slice(0, MAX_FIELD_ERRORS);
  const named = errors.map((error) => ({ ...error, pointer: error.pointer === '' ? where : error.pointer }));
  const first = named[0];
  const detail = first ? `${first.pointer}: ${first.message}` : `The ${where} is not valid.`;
  return fail({ kind: 'invalid-request', detail, errors: named });
}

/** A union's issues are nested by branch: the one that came furthest (deepest path) explains best, then the one of the value's type. */
function flattenIssues(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[]): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'invalid_union') {
      const branches = issue.errors.map((branch) => flattenIssues(branch, path));
      const deepest = branches.reduce<FieldError[]>(
        (best, branch) => (depth(branch) > depth(best) ? branch : best),
        [],
      );
      if (depth(deepest) > path.length) return deepest;
      const ofItsType = issue.errors.findIndex((branch) => !branch.some(isTypeMismatch));
      if (ofItsType >= 0) return branches[ofItsType] ?? [];
    }
    return [{ pointer: formatPath(path), message: issue.message }];
  });
}

function isTypeMismatch(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_union';
}

function depth(errors: readonly FieldError[]): number {
  return Math.max(0, ...errors.map((error) => error.pointer.split(/[.[]/).filter(Boolean).length));
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
