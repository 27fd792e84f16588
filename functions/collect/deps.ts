import type { CatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import type { PolicyReader } from '../../shared/customer/policy.ts';
import type { Pseudonymizer } from '../../shared/customer/pseudonym.ts';
import type { Log } from '../../shared/http/request-log.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Coordinator } from '../../shared/ports/coordinator.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { CollectMessage } from './message.ts';

/** What collecting needs, on every platform. */
export interface CollectDeps {
  readonly store: BlobStore;
  readonly queue: Queue<CollectMessage>;
  readonly coordinator: Coordinator;
  readonly pseudonymizer: Pseudonymizer;
  readonly policies: PolicyReader;
  readonly catalogues: CatalogueReader;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}
