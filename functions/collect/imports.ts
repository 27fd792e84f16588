import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Policy } from '../../shared/customer/policy.ts';
import { parseWith } from '../../shared/http/body.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { readPolicy } from './collect.ts';
import { type ImportAnswer, type ImportQuery, type ImportSettings, ImportSettingsSchema } from './contract-imports.ts';
import type { CollectDeps } from './deps.ts';
import { type FileBody, type ImportBody, ImportBodyError } from './import-body.ts';
import { type ImportState, newImport, readImport, writeImport } from './import-state.ts';
import { createImporter, type Importer } from './importer.ts';

/** Imports a file that is in the body, or begins a resumable import. */
export async function importFile(
  deps: CollectDeps,
  body: ImportBody,
  query: ImportQuery,
  caller: Caller,
): Promise<Outcome<ImportAnswer>> {
  const settings = 'settings' in body ? ok(body.settings) : readSettings(query);
  if (!settings.ok) return settings;
  const policy = await allowedPolicy(deps, caller.tenant, settings.value);
  if (!policy.ok) return policy;
  const state = newImport(deps.newId(), new Date(deps.clock.now()).toISOString(), settings.value);
  if ('settings' in body) {
    await writeImport(deps.store, caller.tenant, state, deps.newId(), { ifNoneMatch: '*' });
    return ok(answer(state, caller));
  }
  const { chunks, format } = body.file;
  const isDryRun = query.dryRun === 'true';
  const options = { tenant: caller.tenant, policy: policy.value, isDryRun, ...(format ? { format } : {}) };
  const importer = createImporter(deps, state, options);
  const read = await readAll(importer, chunks);
  if (!read.ok) return read;
  const done = await importer.close(true);
  if (!done.ok) return done;
  if (isDryRun) return ok({ ...answer(done.value, caller), status: 'dry run', examples: [...importer.examples] as [] });
  await writeImport(deps.store, caller.tenant, done.value, deps.newId(), { ifNoneMatch: '*' });
  return ok(answer(done.value, caller));
}

/** Takes the next part of a resumable import; one that was taken before changes nothing. */
export async function putImportPart(
  deps: CollectDeps,
  place: { readonly id: string; readonly part: number },
  file: FileBody,
  caller: Caller,
): Promise<Outcome<ImportAnswer>> {
  const found = await readImport(deps.store, caller.tenant, place.id);
  if (found === null) return notFound(place.id);
  const { state } = found;
  if (place.part < state.nextPart) return ok(answer(state, caller));
  if (state.status === 'finished') return conflict('This import is finished; it takes no more parts.');
  if (place.part > state.nextPart) return conflict(`Part ${state.nextPart} is the next one, not ${place.part}.`);
  const policy = await allowedPolicy(deps, caller.tenant, state.settings);
  if (!policy.ok) return policy;
  const options = { tenant: caller.tenant, policy: policy.value, ...(file.format ? { format: file.format } : {}) };
  const importer = createImporter(deps, state, options);
  const read = await readAll(importer, file.chunks);
  if (!read.ok) return read;
  const done = await importer.close(false);
  if (!done.ok) return done;
  return save(deps, caller, { ...done.value, nextPart: state.nextPart + 1 }, found.condition);
}

/** Reads what the last part left over and ends the import; one that is finished stays so. */
export async function finishImport(deps: CollectDeps, id: string, caller: Caller): Promise<Outcome<ImportAnswer>> {
  const found = await readImport(deps.store, caller.tenant, id);
  if (found === null) return notFound(id);
  if (found.state.status === 'finished') return ok(answer(found.state, caller));
  const policy = await allowedPolicy(deps, caller.tenant, found.state.settings);
  if (!policy.ok) return policy;
  const done = await createImporter(deps, found.state, { tenant: caller.tenant, policy: policy.value }).close(true);
  return done.ok ? save(deps, caller, done.value, found.condition) : done;
}

export async function showImport(deps: CollectDeps, id: string, caller: Caller): Promise<Outcome<ImportAnswer>> {
  const found = await readImport(deps.store, caller.tenant, id);
  return found === null ? notFound(id) : ok(answer(found.state, caller));
}

async function readAll(importer: Importer, chunks: FileBody['chunks']): Promise<Outcome<null>> {
  try {
    for await (const chunk of chunks) {
      const pushed = await importer.push(chunk);
      if (!pushed.ok) return pushed;
    }
    return ok(null);
  } catch (error) {
    if (!(error instanceof ImportBodyError)) throw error;
    return fail({ kind: 'malformed-body', detail: `The file can't be read: ${error.message}.` });
  }
}

async function save(
  deps: CollectDeps,
  caller: Caller,
  state: ImportState,
  condition: Parameters<typeof writeImport>[4],
): Promise<Outcome<ImportAnswer>> {
  const written = await writeImport(deps.store, caller.tenant, state, deps.newId(), condition);
  if (written.kind === 'written') return ok(answer(state, caller));
  if (written.kind === 'conflict')
    return conflict('The same part came twice at once; ask for the import to see where it is.');
  const detail = 'Storage takes no more writes of this import at the moment.';
  return fail({ kind: 'unavailable', detail, retryAfterSeconds: written.retryAfterSeconds });
}

function readSettings({ dryRun: _, mapping, consent, ...settings }: ImportQuery): Outcome<ImportSettings> {
  let parsedMapping: unknown;
  try {
    parsedMapping = mapping === undefined ? undefined : JSON.parse(mapping);
  } catch {
    return invalidField('mapping', 'must be JSON such as {"userId":"CustomerID"}');
  }
  const value = {
    ...settings,
    ...(parsedMapping === undefined ? {} : { mapping: parsedMapping }),
    ...(consent === undefined ? {} : { consent: consent === 'true' }),
  };
  return parseWith(ImportSettingsSchema, value, 'query');
}

/** Where nothing may be kept without consent, a file without it is refused as a whole, before it is read. */
async function allowedPolicy(deps: CollectDeps, tenant: string, settings: ImportSettings): Promise<Outcome<Policy>> {
  const policy = await readPolicy(deps, tenant);
  if (!policy.ok || policy.value.requireConsent !== 'refuse' || settings.consent === true) return policy;
  return invalidField(
    'consent',
    "the tenant's policy takes only customers who agreed: say true where all in the file did",
  );
}

function answer(state: ImportState, caller: Caller): ImportAnswer {
  const { importId, status, nextPart, understanding, reader, rows, rejectedBy, rejected, items, period } = state;
  const understood =
    understanding === null || reader === null
      ? null
      : {
          kind: understanding.kind,
          format: reader.format,
          ...(reader.delimiter === null ? {} : { delimiter: reader.delimiter }),
          dateFormat: understanding.dateFormat,
          columns: [...(reader.columns ?? [])],
          mapping: understanding.mapping,
        };
  return {
    importId,
    status,
    nextPart,
    understood,
    rows,
    rejectedBy,
    rejected,
    items,
    period,
    requestId: caller.requestId,
  };
}

function notFound(id: string): Outcome<never> {
  return fail({ kind: 'not-found', detail: `There is no import "${id}".` });
}

function conflict(detail: string): Outcome<never> {
  return fail({ kind: 'conflict', detail });
}
