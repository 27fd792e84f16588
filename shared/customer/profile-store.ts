import { fromJsonBytes, toJsonBytes } from '../core/json-bytes.ts';
import type { BlobStore, PutCondition, PutResult } from '../ports/blob-store.ts';
import { profileKey } from './customer-keys.ts';
import { EMPTY_PROFILE, type Profile, type ProfileContent, ProfileSchema } from './profile.ts';

/** A profile as it was read, with the condition under which it may be written again. */
export interface ReadProfile {
  readonly content: ProfileContent;
  readonly condition: PutCondition;
}

/** The customer's profile; an empty one where nothing is known. */
export async function readProfile(store: BlobStore, tenant: string, pseudonym: string): Promise<ReadProfile> {
  const found = await store.get(profileKey(tenant, pseudonym));
  if (found.kind === 'missing') return { content: EMPTY_PROFILE, condition: { ifNoneMatch: '*' } };
  const profile = ProfileSchema.parse(fromJsonBytes(await found.bytes()));
  return { content: profile, condition: { ifMatch: found.etag } };
}

/** Writes the profile if nobody else did since it was read. */
export async function writeProfile(
  store: BlobStore,
  tenant: string,
  pseudonym: string,
  read: ReadProfile,
  written: ProfileContent & { readonly revision: string; readonly keyVersion: number },
): Promise<PutResult> {
  const { revision, keyVersion, erasedAt, events } = written;
  const profile: Profile = {
    schemaVersion: 1,
    revision,
    keyVersion,
    ...(erasedAt === undefined ? {} : { erasedAt }),
    events,
  };
  const body = toJsonBytes(profile);
  return store.put(profileKey(tenant, pseudonym), body, read.condition);
}
