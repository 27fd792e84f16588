import { randomBytes } from 'node:crypto';
import { createApiKey } from '../../../shared/core/api-key.ts';
import { writeKeyRecord } from '../keys/key-records.ts';
import { type Command, countOption, listOption, tenantOption, UsageError } from './command.ts';
import { openTarget, TARGET_OPTIONS } from './target.ts';

const SCOPE = /^(\*|[a-z][a-z0-9-]*(:[a-z][a-z0-9-]*)?)$/;
const DEFAULT_REQUESTS_PER_MINUTE = 600;

export const keyCreateCommand: Command = {
  name: 'key create',
  takes: '',
  summary: 'Make an API key and store its record',
  details: 'The key is printed once; only its hash is stored.',
  options: {
    tenant: { type: 'string', value: 'NAME', help: 'whose data the key reaches' },
    scopes: { type: 'string', value: 'A,B', help: 'what it may do: classify,models:read,… or "*"' },
    limit: { type: 'string', value: 'N', help: `requests a minute (${DEFAULT_REQUESTS_PER_MINUTE})` },
    ...TARGET_OPTIONS,
  },
  async run(call) {
    const tenant = tenantOption(call);
    if (tenant === undefined) throw new UsageError('--tenant is missing');
    const scopes = listOption(call, 'scopes');
    if (!scopes) throw new UsageError('--scopes is missing');
    const wrong = scopes.find((scope) => !SCOPE.test(scope));
    if (wrong !== undefined) throw new UsageError(`"${wrong}" is not a scope`);
    const requestsPerMinute = countOption(call, 'limit') ?? DEFAULT_REQUESTS_PER_MINUTE;
    const { store, label } = await openTarget(call);
    const key = createApiKey((count) => new Uint8Array(randomBytes(count)));
    const record = await writeKeyRecord(store, key, { tenant, scopes, limits: { requestsPerMinute } });
    console.error(`Stored as ${record.id} in the ${label}. The key is shown only now:`);
    console.log(key);
  },
};
