import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { BuildError } from './build-error.ts';
import { cleanTextRow } from './clean-row.ts';
import { type ColumnMapping, mapColumns } from './columns.ts';
import type { Understood } from './contract.ts';
import type { DatasetRequest } from './contract-request.ts';
import { STEP_SIZES } from './deps.ts';
import { isGzip } from './open-upload.ts';
import type { PlanSource } from './plan.ts';
import { readUploadRows, UPLOAD_BEGIN, type UploadRows } from './read-upload.ts';
import { describeColumns } from './report.ts';
import { listUploadParts, readUpload } from './upload-parts.ts';

type UploadPlan = Extract<PlanSource, { kind: 'upload' }>;

/** An upload as it will be read. */
export interface UnderstoodUpload {
  readonly source: UploadPlan;
  readonly columns: ColumnMapping;
  readonly understood: Understood;
}

/** Rows of the beginning that tell what columns are, and those that are shown. */
const SAMPLE_ROWS = 200;
const EXAMPLES = 3;
const ZIP_MAGIC = [0x50, 0x4b];

/** Looks at the beginning of a finished upload: how it is written, and which columns it has. */
export async function understandUpload(
  store: BlobStore,
  tenant: string,
  request: DatasetRequest,
): Promise<Outcome<UnderstoodUpload>> {
  const { upload: id = '', format, encoding, delimiter } = request.source;
  const upload = await readUpload(store, tenant, id);
  if (upload === null) return fail({ kind: 'not-found', detail: `There is no upload "${id}".` });
  if (upload.status !== 'finished')
    return fail({ kind: 'conflict', detail: 'The upload is not finished: POST /v1/uploads/{id}/finish first.' });
  const parts = (await listUploadParts(store, tenant, id)).map(({ key, etag, sizeBytes }) => ({
    key,
    etag,
    sizeBytes,
  }));
  const first = await firstBytes(store, parts[0]?.key ?? '');
  if (ZIP_MAGIC.every((byte, place) => first[place] === byte))
    return unreadable('The file is a ZIP. Upload the CSV or NDJSON in it, gzipped or not.');
  const source: UploadPlan = {
    kind: 'upload',
    upload: id,
    parts,
    isGzipped: isGzip(first),
    ...(format ? { format } : {}),
    ...(encoding ? { encoding } : {}),
    ...(delimiter ? { delimiter } : {}),
  };
  try {
    return await understand(store, request, source);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return unreadable(error.message);
  }
}

async function understand(
  store: BlobStore,
  request: DatasetRequest,
  source: UploadPlan,
): Promise<Outcome<UnderstoodUpload>> {
  const read = await readUploadRows(store, source, UPLOAD_BEGIN, { ...STEP_SIZES, rows: 1 });
  const names = read.position.reader?.format === 'csv' ? (read.position.reader.columns ?? []) : [];
  const isHeaderless =
    source.header === undefined && names.length > 0 && !(request.source.header ?? hasHeader(names, read.rows));
  if (isHeaderless)
    return understand(store, request, { ...source, header: names.map((_, place) => `column ${place + 1}`) });
  const rows = read.rows.flatMap((row) => (row.ok ? [row.value] : [])).slice(0, SAMPLE_ROWS);
  if (rows.length === 0) {
    const first = read.rows.find((row) => !row.ok);
    return unreadable(
      first && !first.ok
        ? `No row can be read: line ${first.failure.line} ${first.failure.reason}.`
        : 'There are no rows in the file.',
    );
  }
  const fields = rows.map((row) => row.fields);
  const present = [...new Set(fields.flatMap((row) => Object.keys(row)))];
  const columns = mapColumns(request.columns, present, fields);
  if (!columns.ok) return columns;
  const cleaning = { ...request.cleaning, isTimeNeeded: false };
  const examples = rows.slice(0, EXAMPLES).flatMap((row) => {
    const clean = cleanTextRow(row.fields, row.line, columns.value, cleaning);
    return clean.ok ? [{ ...clean.value.record }] : [];
  });
  const { reader, decoding } = read.position;
  const understood: Understood = {
    format: reader?.format ?? 'csv',
    encoding: decoding?.encoding === 'ascii' || !decoding ? 'utf-8' : decoding.encoding,
    isGzipped: source.isGzipped,
    ...(reader?.delimiter ? { delimiter: reader.delimiter } : {}),
    hasHeader: source.header === undefined,
    found: present,
    columns: describeColumns({
      kind: 'text-classification',
      columns: { ...columns.value, keep: [...columns.value.keep] },
    }),
    examples,
  };
  return ok({ source, columns: columns.value, understood });
}

/** A first row that says what rows below it say in the same column is one of them. */
function hasHeader(names: readonly string[], rows: UploadRows['rows']): boolean {
  const sample = rows.slice(0, SAMPLE_ROWS).flatMap((row) => (row.ok ? [row.value.fields] : []));
  return !names.some((name) => name.trim() !== '' && sample.some((fields) => fields[name]?.trim() === name));
}

async function firstBytes(store: BlobStore, key: string): Promise<Uint8Array> {
  const found = await store.get(key, { offset: 0, length: 4 });
  return found.kind === 'missing' ? new Uint8Array() : found.bytes();
}

function unreadable(detail: string): Outcome<never> {
  return fail({ kind: 'invalid-request', detail, errors: [{ pointer: 'source.upload', message: detail }] });
}
