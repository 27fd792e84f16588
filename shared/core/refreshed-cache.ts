import { setBounded } from './set-bounded.ts';

/** Read again in the background after this long … */
const REFRESH_AFTER_MS = 10_000;
/** … and before the answer after this long: the times of a model's alias. */
const STALE_AFTER_MS = 30_000;

/** Takes work that may end after the answer. */
export type Defer = (work: Promise<unknown>) => void;

/** Values by key, none older than 30 s; a key that is asked for again and again is never waited for. */
export interface RefreshedCache<T> {
  read(key: string, defer: Defer): Promise<T>;
}

export interface RefreshedCacheOptions<T> {
  /** `known` is what was read last, for loads that may find it unchanged. */
  readonly load: (key: string, known: T | undefined) => Promise<T>;
  /** Whether what was loaded is kept; what is not is loaded again by the next read. @default all is */
  readonly isKept?: (value: T) => boolean;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number;
  readonly maxKeys: number;
}

interface Cached<T> {
  readonly value: T;
  readonly readAtMs: number;
  isRefreshing: boolean;
}

export function createRefreshedCache<T>({ load, isKept, now, maxKeys }: RefreshedCacheOptions<T>): RefreshedCache<T> {
  const cache = new Map<string, Cached<T>>();

  async function refresh(key: string): Promise<T> {
    const readAtMs = now();
    const value = await load(key, cache.get(key)?.value);
    if (isKept?.(value) ?? true) setBounded(cache, key, { value, readAtMs, isRefreshing: false }, maxKeys);
    return value;
  }

  return {
    async read(key, defer) {
      const cached = cache.get(key);
      const ageMs = cached ? now() - cached.readAtMs : Number.POSITIVE_INFINITY;
      if (!cached || ageMs >= STALE_AFTER_MS) return refresh(key);
      if (ageMs >= REFRESH_AFTER_MS && !cached.isRefreshing) {
        // Should it never end, because its request was cancelled, the entry grows stale and is read before an answer.
        cached.isRefreshing = true;
        defer(refresh(key));
      }
      return cached.value;
    },
  };
}
