import type { TrainRequest } from '../../functions/train/contract-request.ts';
import type { TrainDeps } from '../../functions/train/deps.ts';
import { tick } from '../../functions/train/tick.ts';
import { startTraining } from '../../functions/train/train.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import type { Evaluations } from '../../shared/ports/evaluations.ts';
import type { TrainingRunner } from '../../shared/ports/training-runner.ts';
import { createFakeClock } from './fake-clock.ts';
import { createRandom } from './random.ts';
import { createStagedRunner, runRound, waitingRounds } from './staged-endpoint.ts';
import { CALLER, jobOf, seedDataset, trainDeps, trainRequest } from './train-world.ts';

interface Options {
  /** May stand before the staged one. */
  readonly toRunner?: (runner: TrainingRunner) => TrainingRunner;
  readonly evaluations?: Evaluations | null;
}

/** A world with a dataset. */
export async function startTrainWorld({ toRunner = (runner) => runner, evaluations = null }: Options = {}) {
  const store = createMemoryBlobStore();
  let crashes = false;
  const crashing: BlobStore = {
    ...store,
    async put(key, body, condition) {
      const written = await store.put(key, body, condition);
      if (!crashes || !key.includes('/aliases/')) return written;
      crashes = false;
      throw new StorageError('put', key);
    },
  };
  const clock = createFakeClock();
  const random = createRandom(1);
  const ports = { store: crashing, clock, coordinator: createMemoryCoordinator(clock) };
  const plain = trainDeps(ports, (limit) => random.below(limit));
  const runner = toRunner(createStagedRunner(store));
  const deps: TrainDeps = { ...plain, evaluations, endpoint: plain.endpoint && { ...plain.endpoint, runner } };
  await seedDataset(store);
  return {
    store,
    clock,
    deps,
    async begin(changes: object = {}) {
      const begun = await startTraining(deps, trainRequest(changes), CALLER);
      if (!begun.ok) throw new Error(begun.failure.detail);
      return begun.value.id;
    },
    ask: (request: TrainRequest) => startTraining(deps, request, CALLER),
    /** The endpoint runs what waits, then the clock ticks. */
    async go(epochsARound = 100) {
      for (const name of await waitingRounds(store)) await runRound(store, name, epochsARound);
      await clock.advance(60_000);
      await tick(deps);
    },
    async later(ms: number) {
      await clock.advance(ms);
      await tick(deps);
    },
    job: (id: string) => jobOf(store, id),
    /** The next move of an alias is made, and whoever made it is gone. */
    crashAfterMove: () => {
      crashes = true;
    },
    async serving() {
      const resolved = await createRegistry(store).resolve('acme', { name: 'complaints', alias: 'production' });
      return resolved.ok ? resolved.value.version : null;
    },
  };
}
