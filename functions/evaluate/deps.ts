import type { Log } from '../../shared/http/request-log.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { EvaluateMessage } from './message.ts';

/** What evaluating needs, on every platform. */
export interface EvaluateDeps {
  readonly store: BlobStore;
  readonly queue: Queue<EvaluateMessage>;
  readonly clock: Clock;
  readonly log: Log;
}
