import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { policyKey } from '../../shared/customer/customer-keys.ts';
import { DEFAULT_POLICY, type Policy, type PolicyDocument, readStoredPolicy } from '../../shared/customer/policy.ts';
import { changedMeanwhile, writeIfUnchanged } from '../../shared/customer/write-if-unchanged.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { PolicyRequest, PolicyResponse } from './contract.ts';
import type { CollectDeps } from './deps.ts';
import { recordPrivacy } from './privacy-records.ts';

const WHAT = "the tenant's policy";

export async function showPolicy(
  { store }: Pick<CollectDeps, 'store'>,
  { tenant, requestId }: Caller,
): Promise<Outcome<PolicyResponse>> {
  const { content } = await readStoredPolicy(store, tenant);
  return content.ok ? ok({ ...toAnswer(content.value), requestId }) : content;
}

/** Keeps a policy, where the caller knows the one that it replaces. One that can't be read may be replaced by anybody. */
export async function putPolicy(
  deps: CollectDeps,
  { revision = null, ...wanted }: PolicyRequest,
  { tenant, requestId }: Caller,
): Promise<Outcome<PolicyResponse>> {
  const { content, condition } = await readStoredPolicy(deps.store, tenant);
  const before = content.ok ? content.value : null;
  // A request that comes again because its answer was lost would else conflict with itself.
  if (before !== null && isSame(before, wanted)) return ok({ ...toAnswer(before), requestId });
  if (content.ok && (before?.revision ?? null) !== revision) return refuseRevision(revision);
  const keyed = checkKeyVersion(deps, wanted, before);
  if (!keyed.ok) return keyed;
  const document: PolicyDocument = { schemaVersion: 1, revision: deps.newId(), ...wanted };
  // Before the change, so that none is without a record. Where the write below fails, no later record has this revision as its `from`.
  const from = content.ok ? toAnswer(before) : null;
  await recordPrivacy(deps, tenant, { kind: 'policy-changed', requestId, detail: { from, to: toAnswer(document) } });
  const written = await writeIfUnchanged(deps.store, policyKey(tenant), document, condition, WHAT);
  return written.ok ? ok({ ...toAnswer(document), requestId }) : written;
}

/** Another version than that in use would stop all collecting. What is stored may stay: it may be there to do so. */
function checkKeyVersion(deps: CollectDeps, { keyVersion }: Policy, before: Policy | null): Outcome<void> {
  const inUse = deps.pseudonymizer.keyVersion;
  if (keyVersion === undefined || keyVersion === inUse || keyVersion === before?.keyVersion) return ok(undefined);
  return invalidField('keyVersion', `version ${inUse} of the secret is in use; with another nothing would be taken`);
}

function refuseRevision(revision: string | null): Outcome<never> {
  if (revision !== null) return changedMeanwhile(WHAT);
  const detail = 'There is a policy already. To replace it, send the revision that GET /v1/policy tells.';
  return fail({ kind: 'conflict', detail });
}

function isSame(before: Policy, wanted: Policy): boolean {
  return (
    before.requireConsent === wanted.requireConsent &&
    before.redact === wanted.redact &&
    before.keyVersion === wanted.keyVersion
  );
}

function toAnswer(document: PolicyDocument | null): Omit<PolicyResponse, 'requestId'> {
  if (document === null) return { ...DEFAULT_POLICY, revision: null };
  const { requireConsent, redact, keyVersion, revision } = document;
  return {
    ...(requireConsent === undefined ? {} : { requireConsent }),
    redact,
    ...(keyVersion === undefined ? {} : { keyVersion }),
    revision,
  };
}
