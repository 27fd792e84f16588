import { expect, test } from 'vitest';
import { isOver, type Job } from '../../functions/train/job.ts';
import { tick } from '../../functions/train/tick.ts';
import { cancelTraining, startTraining } from '../../functions/train/train.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { accuracyAfter, runRound, waitingRounds } from '../support/staged-endpoint.ts';
import { CALLER, jobOf, packAccuracy, seedDataset, TENANT, trainDeps, trainRequest } from '../support/train-world.ts';
import { CALM, createSimulation, type FaultRates, type SimulatedPorts, type Simulation } from './simulation.ts';

const SEEDS = 150;
const EPOCHS = 6;
const ROUGH: FaultRates = {
  failBefore: 0.03,
  failAfter: 0.03,
  crash: 0.03,
  throttle: 0.02,
  duplicate: 0,
  giveUp: 0,
  jump: 0.01,
};

test('whatever crashes, is lost or comes late: one state a job, at most one version, and it is of all epochs', async () => {
  for (let seed = 0; seed < SEEDS; seed++) await live(seed);
}, 60_000);

test('a store whose conditional writes always succeed is caught', async () => {
  const planted = (store: BlobStore): BlobStore => ({
    ...store,
    put: (key, body, condition) =>
      store.put(key, body, condition && 'ifMatch' in condition && key.endsWith('job.json') ? undefined : condition),
  });
  const caught: number[] = [];
  for (let seed = 0; seed < SEEDS && caught.length === 0; seed++) {
    try {
      await live(seed, planted);
    } catch {
      caught.push(seed);
    }
  }
  expect(caught).toHaveLength(1);
}, 60_000);

/** A job from its request to its end, in a rough world that calms down; throws where something is not as it must be. */
async function live(seed: number, tamper?: (store: BlobStore) => BlobStore): Promise<void> {
  const simulation = createSimulation<never>(seed, CALM, tamper);
  await seedDataset(simulation.stored);
  const id = await begin(simulation);
  const seen: Job[] = [await jobOf(simulation.stored, id)];
  simulation.setRates(ROUGH);
  const isCancelled = seed % 5 === 0;
  for (let turn = 0; turn < 60; turn++) {
    simulation.start((ports) => tick(depsOf(ports))).catch(() => {});
    for (const name of await waitingRounds(simulation.stored))
      if (simulation.random.below(3) === 0) simulation.start((ports) => runRound(ports.store, name, 3)).catch(() => {});
    if (isCancelled && turn === 20)
      simulation.start((ports) => cancelTraining(depsOf(ports), id, CALLER)).catch(() => {});
    for (let steps = 0; steps < 40; steps++) await simulation.step();
    await watch(simulation, seen, id, seed);
    simulation.advance(60_000);
  }
  simulation.setRates(CALM);
  for (let turn = 0; turn < 40; turn++) {
    while (await simulation.step());
    for (const name of await waitingRounds(simulation.stored))
      simulation.start((ports) => runRound(ports.store, name, 3)).catch(() => {});
    while (await simulation.step());
    simulation.start((ports) => tick(depsOf(ports))).catch(() => {});
    while (await simulation.step());
    await watch(simulation, seen, id, seed);
    simulation.advance(30 * 60_000);
  }
  const job = await jobOf(simulation.stored, id);
  const open = await listBlobs(simulation.stored, `tenants/${TENANT}/jobs-open/`);
  expect([isOver(job), open.length], `seed ${seed}: ${job.state} ${JSON.stringify(job.rounds)}`).toEqual([true, 0]);
  if (job.state === 'trained')
    expect(await packAccuracy(simulation.stored, job), `seed ${seed}`).toBe(accuracyAfter(EPOCHS));
  if (!isCancelled && job.state === 'failed') expect(job.failedRounds, `seed ${seed}`).toBe(3);
}

/** What must hold at every moment. */
async function watch(simulation: Simulation<never>, seen: Job[], id: string, seed: number): Promise<void> {
  const job = await jobOf(simulation.stored, id);
  const before = seen.at(-1) as Job;
  seen.push(job);
  const fences = job.rounds.map(({ fence }) => fence);
  const isInOrder = fences.every((fence, place) => place === 0 || fence > (fences[place - 1] as number));
  expect(isInOrder && (fences.at(-1) ?? 0) <= job.lastFence, `seed ${seed}: fences ${fences}`).toBe(true);
  expect(job.lastFence, `seed ${seed}: a fence was given twice`).toBeGreaterThanOrEqual(before.lastFence);
  if (isOver(before)) expect(job, `seed ${seed}: a job that was over went on`).toEqual(before);
  const versions = await listBlobs(simulation.stored, `tenants/${TENANT}/models/`);
  const manifests = versions.filter(({ key }) => key.endsWith('manifest.json'));
  expect(manifests.length, `seed ${seed}: versions`).toBeLessThanOrEqual(1);
}

async function begin(simulation: Simulation<never>): Promise<string> {
  const request = trainRequest({ hyperparameters: { epochs: EPOCHS } });
  const begun = simulation.start((ports) => startTraining(depsOf(ports), request, CALLER));
  while (await simulation.step());
  const answer = await begun;
  if (!answer?.ok) throw new Error('the job did not begin');
  return answer.value.id;
}

function depsOf(ports: SimulatedPorts<never>) {
  return trainDeps(ports, (limit) => ports.random.below(limit));
}
