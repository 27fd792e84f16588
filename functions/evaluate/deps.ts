import type { Log } from '../../shared/http/request-log.ts';
import type { PackCache } from '../../shared/model/pack-cache.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { EvaluateMessage } from './message.ts';
import type { AskedModel } from './packs.ts';

/** What evaluating needs, on every platform. */
export interface EvaluateDeps {
  readonly store: BlobStore;
  readonly queue: Queue<EvaluateMessage>;
  readonly clock: Clock;
  readonly log: Log;
  /** Models that datasets are evaluated with. */
  readonly packs: PackCache<AskedModel>;
  /** A fresh text on each call: names revisions. */
  readonly newId: () => string;
  /** Bytes of a piece of an object that is divided. @default PIECE_BYTES */
  readonly pieceBytes?: number;
}
