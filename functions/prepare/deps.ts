import type { Log } from '../../shared/http/request-log.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { PrepareMessage } from './message.ts';

/** What preparing needs, on every platform. */
export interface PrepareDeps {
  readonly store: BlobStore;
  readonly queue: Queue<PrepareMessage>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}
