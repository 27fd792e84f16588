import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { parseJsonBytes, parseWith, readBody } from '../../shared/http/body.ts';
import { MAX_IMAGE_BYTES } from '../../shared/image/read-image.ts';
import {
  HuggingFaceRequestSchema,
  MAX_IMAGES,
  MAX_JSON_BYTES,
  MAX_MULTIPART_BYTES,
  TagJsonSchema,
  type TagParameters,
  TagQuerySchema,
} from './contract.ts';

/** Where a picture's bytes are: in the request, or in the tenant's storage. */
export type ImageSource = { readonly bytes: () => Promise<Uint8Array> } | { readonly key: string };

export interface NamedSource {
  readonly source: ImageSource;
  /** The field that failures name. */
  readonly pointer: string;
  readonly name?: string;
}

/** What a body of any of the media types asks. */
export interface TagBody {
  readonly images: readonly NamedSource[];
  /** Whether a list of results is wanted, even of one. */
  readonly isBatch: boolean;
  readonly parameters: TagParameters;
}

const OPENING_BRACE = 0x7b;
const IMAGE_FIELD = 'image';
const IMAGES_FIELD = 'images';

/**
 * Reads a bare picture, a form or JSON. What is neither called a form nor JSON is taken for a picture, unless it begins like
 * JSON.
 */
export async function readTagBody(request: Request, headers: Headers): Promise<Outcome<TagBody>> {
  const mediaType = headers.get('content-type') ?? '';
  if (/^multipart\/form-data\b/i.test(mediaType)) return readForm(request, headers, mediaType);
  if (isJson(mediaType)) {
    const bytes = await readBody(request, headers, MAX_JSON_BYTES);
    return bytes.ok ? readJson(bytes.value) : bytes;
  }
  const bytes = await readBody(request, headers, MAX_IMAGE_BYTES);
  if (!bytes.ok) return bytes;
  return bytes.value[0] === OPENING_BRACE ? readJson(bytes.value) : ok(onePicture(bytes.value, {}));
}

/** The body of the Hugging Face shape: a bare picture, or JSON with `inputs` in base64. */
export async function readHuggingFaceBody(request: Request, headers: Headers): Promise<Outcome<TagBody>> {
  const bytes = await readBody(request, headers, MAX_JSON_BYTES);
  if (!bytes.ok) return bytes;
  if (!isJson(headers.get('content-type') ?? '') && bytes.value[0] !== OPENING_BRACE) {
    return ok(onePicture(bytes.value, {}));
  }
  const json = parseJsonBytes(bytes.value);
  const parsed = json.ok ? parseWith(HuggingFaceRequestSchema, json.value, 'body') : json;
  if (!parsed.ok) return parsed;
  const picture = decodeBase64(parsed.value.inputs, 'inputs');
  const topK = parsed.value.parameters?.top_k ?? undefined;
  return picture.ok ? ok(onePicture(picture.value, topK === undefined ? {} : { topK })) : picture;
}

function isJson(mediaType: string): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(mediaType);
}

function onePicture(bytes: Uint8Array, parameters: TagParameters): TagBody {
  return { images: [{ source: { bytes: async () => bytes }, pointer: IMAGE_FIELD }], isBatch: false, parameters };
}

function readJson(bytes: Uint8Array): Outcome<TagBody> {
  const json = parseJsonBytes(bytes);
  const parsed = json.ok ? parseWith(TagJsonSchema, json.value, 'body') : json;
  if (!parsed.ok) return parsed;
  const { image, ...parameters } = parsed.value;
  if (typeof image !== 'string') {
    return ok({ images: [{ source: image, pointer: 'image.key' }], isBatch: false, parameters });
  }
  const picture = decodeBase64(image, IMAGE_FIELD);
  return picture.ok ? ok(onePicture(picture.value, parameters)) : picture;
}

/** RFC 4648, 4; line breaks and missing padding are tolerated, as in the platform's `atob`. */
function decodeBase64(text: string, pointer: string): Outcome<Uint8Array> {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return invalidField(pointer, 'must be the file in base64, without a "data:" prefix');
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return ok(bytes);
}

async function readForm(request: Request, headers: Headers, mediaType: string): Promise<Outcome<TagBody>> {
  const bytes = await readBody(request, headers, MAX_MULTIPART_BYTES);
  if (!bytes.ok) return bytes;
  let form: FormData;
  try {
    form = await new Response(bytes.value, { headers: { 'content-type': mediaType } }).formData();
  } catch {
    return fail({ kind: 'malformed-body', detail: 'The body is not valid multipart/form-data (RFC 7578).' });
  }
  const files: { readonly field: string; readonly file: File }[] = [];
  const fields: Record<string, string> = {};
  for (const [field, value] of form) {
    if (typeof value === 'string') fields[field] = value;
    else files.push({ field, file: value });
  }
  const parameters = parseWith(TagQuerySchema, fields, 'form');
  return parameters.ok ? toBody(files, parameters.value) : parameters;
}

function toBody(
  files: readonly { readonly field: string; readonly file: File }[],
  parameters: TagParameters,
): Outcome<TagBody> {
  const unknown = files.find(({ field }) => field !== IMAGE_FIELD && field !== IMAGES_FIELD);
  if (unknown)
    return invalidField(unknown.field, `is not known; pictures are parts named "${IMAGE_FIELD}" or "${IMAGES_FIELD}"`);
  if (files.length === 0) return invalidField(IMAGE_FIELD, 'needs at least one part that is a file');
  if (files.length > MAX_IMAGES) return invalidField(IMAGES_FIELD, `takes at most ${MAX_IMAGES} pictures a call`);
  const isBatch = files.length > 1 || files[0]?.field === IMAGES_FIELD;
  const images = files.map(({ file }, index) => ({
    source: { bytes: async () => new Uint8Array(await file.arrayBuffer()) },
    pointer: isBatch ? `${IMAGES_FIELD}[${index}]` : IMAGE_FIELD,
    ...(file.name === '' ? {} : { name: file.name }),
  }));
  return ok({ images, isBatch, parameters });
}
