import { createPseudonymizer, type Pseudonymizer } from '../../shared/customer/pseudonym.ts';
import { parsePseudonymSecret } from '../../shared/customer/pseudonym-secret.ts';

/** `null` where no secret is set. Throws where it is set and not one: a misconfigured function fails at its first request. */
export function openPseudonyms(secret: string | undefined): Pseudonymizer | null {
  return secret ? createPseudonymizer(parsePseudonymSecret(secret)) : null;
}
