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
  readonly downloads: Downloads;
  readonly log: Log;
  /** How much one step of a scan takes; smaller in tests. @default STEP_SIZES */
  readonly stepSizes?: StepSizes;
}

/** How files are fetched, and from which hosts: the operator names them. */
export interface Downloads {
  readonly hosts: readonly string[];
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export interface StepSizes {
  /** A step ends once it has so many rows or unpacked bytes. */
  readonly rows: number;
  readonly bytes: number;
  /** Text is parsed in pieces of so many bytes. */
  readonly pieceBytes: number;
}

export const STEP_SIZES: StepSizes = { rows: 20_000, bytes: 8 * 1024 * 1024, pieceBytes: 256 * 1024 };
