/** The UTC day of a moment, `YYYY-MM-DD`. */
export function utcDate(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
