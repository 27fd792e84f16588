/** Padded tokens that one run takes at most: keeps the engine's working memory bounded whatever a batch holds. */
const MAX_TOKENS_PER_RUN = 8_192;
const MAX_ROWS_PER_RUN = 256;

/**
 * Splits rows into runs of similar length, so that little is padded: row indices sorted by length, cut where rows times the
 * longest would pass the token limit. Every row is in exactly one run.
 */
export function planRuns(lengths: readonly number[]): number[][] {
  if (lengths.length === 1) return [[0]];
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[a] as number) - (lengths[b] as number));
  const runs: number[][] = [];
  let run: number[] = [];
  for (const index of order) {
    const longest = Math.max(1, lengths[index] as number);
    if (run.length > 0 && (run.length === MAX_ROWS_PER_RUN || (run.length + 1) * longest > MAX_TOKENS_PER_RUN)) {
      runs.push(run);
      run = [];
    }
    run.push(index);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
