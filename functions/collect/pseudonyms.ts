import type { Pseudonymizer } from '../../shared/customer/pseudonym.ts';

/** Makes each customer's pseudonym once for all rows of a request. */
export function createRequestPseudonyms(
  pseudonymizer: Pseudonymizer,
  tenant: string,
): (userId: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (userId) => {
    const made = known.get(userId) ?? pseudonymizer.pseudonym(tenant, userId);
    known.set(userId, made);
    return made;
  };
}
