import type { Failure } from '../../shared/core/failure.ts';
import type { Log } from '../../shared/http/request-log.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Coordinator } from '../../shared/ports/coordinator.ts';
import type { Evaluations } from '../../shared/ports/evaluations.ts';
import type { NotificationSource } from '../../shared/ports/notification-source.ts';
import type { TrainingRunner } from '../../shared/ports/training-runner.ts';
import type { UrlSigner } from '../../shared/ports/url-signer.ts';

/** Where training happens. */
export interface Endpoint {
  readonly runner: TrainingRunner;
  /** Addresses of the data bucket, as the endpoint reaches it. */
  readonly signer: UrlSigner;
  /** Of an instance; null where nobody said it, so that no cost is told. */
  readonly usdPerHour: number | null;
  /** Topics of SNS whose messages are taken. */
  readonly topics: readonly string[];
}

export const NOT_CONFIGURED: Failure = {
  kind: 'not-configured',
  detail:
    'No training endpoint is configured. Locally, npm start -- --with-trainer starts one where Python is there; in the cloud, deploy infra/aws/endpoint and name it to this function.',
};

/** What training needs, on every platform. */
export interface TrainDeps {
  readonly store: BlobStore;
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  /** A fresh text on each call, for revisions and owners of leases. */
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Log;
  /** Null where versions are not evaluated by themselves: they are held for a person. */
  readonly evaluations: Evaluations | null;
  /** Null where none is configured: jobs can be looked at, not started. */
  readonly endpoint: Endpoint | null;
  /** Who tells that rounds ended. */
  readonly notifications: NotificationSource;
}
