/** The result of a stored evaluation: what a promotion may rest on. */
export function evaluationResultKey(tenant: string, id: string): string {
  return `tenants/${tenant}/evaluations/${id}/result.json`;
}
