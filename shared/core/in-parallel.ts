/** Calls to storage at a time: Workers hold six connections (https://developers.cloudflare.com/workers/platform/limits/). */
export const PARALLEL_CALLS = 6;

/** The results of `work` in the order of `items`, at most `limit` of them under way at a time. The first failure fails all. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  limit = PARALLEL_CALLS,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const waiting = items.entries();
  const lane = async () => {
    for (const [place, item] of waiting) results[place] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
