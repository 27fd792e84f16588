/** Where a stored evaluation's objects lie. */
export function evaluationPrefix(tenant: string, id: string): string {
  return `tenants/${tenant}/evaluations/${id}/`;
}

/** Its result: what a promotion may rest on. */
export function evaluationResultKey(tenant: string, id: string): string {
  return `${evaluationPrefix(tenant, id)}result.json`;
}
