/**
 * Storage that fails or hangs, made bearable: every operation has a time-out, and what may safely be repeated is repeated with
 * growing, jittered waits. What still fails throws `StorageError`. Trade-off accepted: a call that timed out is abandoned, not
 * cancelled, since the platforms' bindings offer no way to.
 */
import { type Backoff, fullJitterMs } from '../../core/backoff.ts';
import {
  type BlobFound,
  type BlobRange,
  type BlobStore,
  type PutCondition,
  StorageError,
} from '../../ports/blob-store.ts';
import type { Clock } from '../../ports/clock.ts';

export interface ResilienceOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number;
  /** Longest wait for one answer, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Least speed of a body; reading `n` bytes may take `timeoutMs + n / speed`. @default 262144 */
  readonly minBytesPerSecond?: number;
  /** Tries in all, at least 1. @default 3 */
  readonly attempts?: number;
  /** @default { baseMs: 50, capMs: 1000 } */
  readonly backoff?: Backoff;
}

type Settings = Required<ResilienceOptions>;

/**
 * Wraps a store with time-outs and retries.
 *
 * Retried: get, head, list, delete, and writing bytes without a condition (the same bytes once more change nothing).
 * Not retried: a conditional put, because the first try may have been written although its answer was lost, and the second would
 * then report a conflict with ourselves: the caller reads again and decides. Nor a stream, which can be read only once.
 * `bytes()` that breaks off begins anew with a fresh get, as long as the object is still the same version; a `body` stream is the
 * caller's, and errors as the platform's does.
 */
export function createResilientBlobStore(store: BlobStore, options: ResilienceOptions): BlobStore {
  const settings: Settings = {
    timeoutMs: 5000,
    minBytesPerSecond: 256 * 1024,
    attempts: 3,
    backoff: { baseMs: 50, capMs: 1000 },
    ...options,
  };
  const { timeoutMs } = settings;
  return {
    async get(key, range) {
      const call = () => limited(settings, 'get', key, timeoutMs, () => store.get(key, range));
      const answer = await retried(settings, call);
      return answer.kind === 'found' ? resilientContent(settings, store, answer, range) : answer;
    },
    head: (key) => retried(settings, () => limited(settings, 'head', key, timeoutMs, () => store.head(key))),
    put(key, body, condition) {
      const sizeBytes = body instanceof Uint8Array ? body.length : body.sizeBytes;
      const call = () =>
        limited(settings, 'put', key, transferMs(settings, sizeBytes), () => store.put(key, body, condition));
      return isRepeatable(body instanceof Uint8Array, condition) ? retried(settings, call) : call();
    },
    list: (query) =>
      retried(settings, () => limited(settings, 'list', query.prefix, timeoutMs, () => store.list(query))),
    delete: (key) => retried(settings, () => limited(settings, 'delete', key, timeoutMs, () => store.delete(key))),
  };
}

function isRepeatable(isBytes: boolean, condition: PutCondition | undefined): boolean {
  return isBytes && condition === undefined;
}

function transferMs(settings: Settings, sizeBytes: number): number {
  return settings.timeoutMs + (1000 * sizeBytes) / settings.minBytesPerSecond;
}

function resilientContent(settings: Settings, store: BlobStore, first: BlobFound, range?: BlobRange): BlobFound {
  const limitMs = transferMs(settings, range?.length ?? first.sizeBytes);
  const readAttempt = async (attempt: number): Promise<Uint8Array<ArrayBuffer>> => {
    const found = attempt === 0 ? first : await sameVersion(settings, store, first, range);
    return limited(settings, 'read', first.key, limitMs, () => found.bytes());
  };
  return {
    kind: 'found',
    key: first.key,
    etag: first.etag,
    sizeBytes: first.sizeBytes,
    get body() {
      return first.body;
    },
    bytes: () => retried(settings, readAttempt),
  };
}

/** The caller holds the first answer's ETag: content of another version must not be passed off under it. */
async function sameVersion(
  settings: Settings,
  store: BlobStore,
  first: BlobFound,
  range?: BlobRange,
): Promise<BlobFound> {
  const again = await limited(settings, 'get', first.key, settings.timeoutMs, () => store.get(first.key, range));
  if (again.kind === 'found' && again.etag === first.etag) return again;
  throw new StorageError('read', first.key, { cause: new Error('the object changed while it was read') });
}

/** Only `StorageError` is retried: anything else is a bug, and repeating a bug hides it. */
async function retried<T>(settings: Settings, call: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call(attempt);
    } catch (error) {
      if (!(error instanceof StorageError) || attempt + 1 >= settings.attempts) throw error;
      await settings.clock.sleep(fullJitterMs(settings.backoff, attempt, settings.random()));
    }
  }
}

async function limited<T>(
  settings: Settings,
  operation: string,
  key: string,
  limitMs: number,
  call: () => Promise<T>,
): Promise<T> {
  const answered = new AbortController();
  const late = settings.clock.sleep(limitMs, answered.signal).then(() => {
    // Woken because the answer is there: this loses the race, and must not become an unhandled rejection.
    if (answered.signal.aborted) return undefined as never;
    throw new StorageError(operation, key, { cause: new Error(`no answer within ${Math.round(limitMs)} ms`) });
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    answered.abort();
  }
}
