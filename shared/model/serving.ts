import type { Outcome } from '../core/failure.ts';
import { ok } from '../core/result.ts';
import { setBounded } from '../core/set-bounded.ts';
import type { Clock } from '../ports/clock.ts';
import { type ModelReference, parseModelReference } from './model-reference.ts';
import { type PackLocation, packId } from './pack.ts';
import type { Loaded, PackCache } from './pack-cache.ts';
import type { Registry } from './registry.ts';

/** An alias is looked up again in the background after this long … */
const REFRESH_AFTER_MS = 10_000;
/** … and before the answer after this long, so that none is served that is older than 30 s. */
const STALE_AFTER_MS = 30_000;
/** References remembered at most (tenant × model × alias). */
const MAX_REFERENCES = 1_000;

/** Hands over work that may end after the answer. */
type Defer = (work: Promise<unknown>) => void;

/** Gives the loaded model that a caller's `model` text means. */
export interface Serving<T> {
  /** `defer` takes work that may end after the answer, such as loading a version that an alias moved to. */
  acquire(tenant: string, model: string, defer: Defer): Promise<Outcome<T>>;
}

export interface ServingOptions<T extends Loaded> {
  readonly registry: Registry;
  readonly cache: PackCache<T>;
  readonly clock: Clock;
  /** Told when a refresh failed and the version before goes on serving. */
  readonly onRefreshFailed: (model: string, reason: string) => void;
}

interface Served {
  readonly reference: ModelReference;
  location: PackLocation;
  checkedAtMs: number;
  /** When a background look-up began; a look-up whose request was cancelled must not block the next one. */
  refreshingSinceMs: number | null;
}

export function createServing<T extends Loaded>(options: ServingOptions<T>): Serving<T> {
  const { registry, cache, clock } = options;
  const served = new Map<string, Served>();

  async function first(tenant: string, model: string, key: string, defer: Defer): Promise<Outcome<T>> {
    const reference = parseModelReference(model);
    if (!reference.ok) return reference;
    const located = await registry.resolve(tenant, reference.value);
    if (!located.ok) return located;
    const loading = cache.acquire(located.value);
    // The load goes on when this request's client leaves: others may wait for it.
    defer(loading);
    const pack = await loading;
    if (!pack.ok) return pack;
    const entry = {
      reference: reference.value,
      location: located.value,
      checkedAtMs: clock.now(),
      refreshingSinceMs: null,
    };
    setBounded(served, key, entry, MAX_REFERENCES);
    return pack;
  }

  /** Looks the alias up again. The version before goes on serving when the new one can't be loaded. */
  async function refresh(tenant: string, model: string, entry: Served): Promise<Outcome<void>> {
    const startedAtMs = clock.now();
    entry.refreshingSinceMs = startedAtMs;
    try {
      const located = await registry.resolve(tenant, entry.reference);
      if (!located.ok) return located;
      if (packId(located.value) !== packId(entry.location)) {
        const pack = await cache.acquire(located.value);
        if (pack.ok) entry.location = located.value;
        else options.onRefreshFailed(model, pack.failure.detail);
      }
      entry.checkedAtMs = startedAtMs;
      return ok(undefined);
    } finally {
      if (entry.refreshingSinceMs === startedAtMs) entry.refreshingSinceMs = null;
    }
  }

  return {
    async acquire(tenant, model, defer) {
      const key = `${tenant} ${model}`;
      const entry = served.get(key);
      if (!entry) return first(tenant, model, key, defer);
      if ('alias' in entry.reference) {
        const now = clock.now();
        const ageMs = now - entry.checkedAtMs;
        if (ageMs >= STALE_AFTER_MS) {
          const refreshed = await refresh(tenant, model, entry);
          if (!refreshed.ok) {
            served.delete(key);
            return refreshed;
          }
        } else if (ageMs >= REFRESH_AFTER_MS && !isRefreshing(entry, now)) {
          defer(refresh(tenant, model, entry));
        }
      }
      return cache.acquire(entry.location);
    },
  };
}

function isRefreshing(entry: Served, now: number): boolean {
  return entry.refreshingSinceMs !== null && now - entry.refreshingSinceMs < REFRESH_AFTER_MS;
}
