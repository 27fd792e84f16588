import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { KeyRing, Principal } from '../ports/key-ring.ts';

/** Who sends this request, by `Authorization: Bearer em_…` (RFC 6750), and whether the key has `scope`. */
export async function authenticate(headers: Headers, keyRing: KeyRing, scope: string): Promise<Outcome<Principal>> {
  const header = headers.get('authorization');
  if (header === null) return refuse('No API key: send "Authorization: Bearer em_…".');
  const keyText = /^bearer +(\S+)$/i.exec(header)?.[1];
  if (keyText === undefined) return refuse('The Authorization header must be "Bearer em_…".');
  const verdict = await keyRing.verify(keyText);
  switch (verdict.kind) {
    case 'unknown':
      return refuse('This API key is not known.');
    case 'revoked':
      return refuse('This API key was revoked.');
    case 'expired':
      return refuse('This API key has expired.');
    case 'valid':
      return requireScopes(verdict.principal, [scope]);
  }
}

/** The principal, if its key has all the scopes. */
export function requireScopes(principal: Principal, scopes: readonly string[]): Outcome<Principal> {
  const lacking = principal.scopes.includes('*')
    ? undefined
    : scopes.find((scope) => !principal.scopes.includes(scope));
  if (lacking === undefined) return ok(principal);
  return fail({ kind: 'forbidden', detail: `This API key lacks the scope "${lacking}".` });
}

function refuse(detail: string): Outcome<never> {
  return fail({ kind: 'unauthenticated', detail });
}
