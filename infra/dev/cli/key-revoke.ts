import { DevError } from '../bootstrap/dev-error.mjs';
import { revokeKey } from '../keys/key-records.ts';
import { type Command, onlyArgument, UsageError } from './command.ts';
import { openTarget, TARGET_OPTIONS } from './target.ts';

/** Ids are parts of object keys: nothing else may be said with them. */
const KEY_ID = /^[0-9A-Za-z-]{1,64}$/;

export const keyRevokeCommand: Command = {
  name: 'key revoke',
  takes: 'ID',
  summary: 'Revoke an API key; functions notice within a minute',
  details: 'ID is what key create said, the part of the key between the underscores; never the key itself.',
  options: TARGET_OPTIONS,
  async run(call) {
    const id = onlyArgument(call, 'ID');
    if (!KEY_ID.test(id)) throw new UsageError('ID is the part of the key between the underscores');
    const { store, label } = await openTarget(call);
    const record = await revokeKey(store, id);
    if (!record) throw new DevError(`the ${label} has no key ${id}.`, 'Check the id, and the bucket.');
    console.log(`${id} of ${record.tenant} is revoked since ${record.revokedAt}.`);
  },
};
