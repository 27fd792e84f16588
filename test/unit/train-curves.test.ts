import { expect, test } from 'vitest';
import type { Epoch } from '../../functions/train/answer.ts';
import { learningCurves } from '../../functions/train/learning-curves.ts';
import { tick } from '../../functions/train/tick.ts';
import { drawTraining, startTraining } from '../../functions/train/train.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRandom } from '../support/random.ts';
import { runRound, waitingRounds } from '../support/staged-endpoint.ts';
import { CALLER, seedDataset, trainDeps, trainRequest } from '../support/train-world.ts';

function epoch(changes: Partial<Epoch>): Epoch {
  return { run: 'final', fence: 1, epoch: 1, secondsSpent: 1, ...changes };
}

const accuracy = (value: number) => ({ validationMetric: { name: 'accuracy', value } });

test('losses and metric of each run by epoch, the final run first; what is not told is left out', () => {
  const curves = learningCurves([
    epoch({ run: 'baseline', ...accuracy(0.7) }),
    epoch({ epoch: 1, trainLoss: 0.9, validationLoss: 1, ...accuracy(0.6) }),
    epoch({ epoch: 2, trainLoss: 0.5, validationLoss: null, ...accuracy(0.8) }),
  ]);
  expect(curves).toMatchObject([
    {
      yLabel: 'loss',
      xLabel: 'epoch',
      lines: [
        { name: 'final, training', x: [1, 2], y: [0.9, 0.5] },
        { name: 'final, validation', x: [1], y: [1] },
      ],
    },
    {
      yLabel: 'validation accuracy',
      lines: [
        { name: 'final', x: [1, 2], y: [0.6, 0.8] },
        { name: 'baseline', x: [1], y: [0.7] },
      ],
    },
  ]);
});

test('an epoch that was done again is drawn once, as the later round told it', () => {
  const [loss] = learningCurves([
    epoch({ fence: 3, epoch: 2, trainLoss: 0.4 }),
    epoch({ fence: 3, epoch: 3, trainLoss: 0.3 }),
    epoch({ fence: 1, epoch: 1, trainLoss: 0.9 }),
    epoch({ fence: 1, epoch: 2, trainLoss: 0.8 }),
  ]);
  expect(loss?.lines).toEqual([{ name: 'final, training', x: [1, 2, 3], y: [0.9, 0.4, 0.3] }]);
});

test('more lines than can be told apart are counted', () => {
  const trials = Array.from({ length: 15 }, (_, trial) => epoch({ run: `trial-${trial}`, trainLoss: 1 }));
  expect(learningCurves(trials)[0]?.yLabel).toBe('loss (3 more lines are not drawn)');
});

async function world() {
  const store = createMemoryBlobStore();
  const clock = createFakeClock();
  const random = createRandom(1);
  const deps = trainDeps({ store, clock, coordinator: createMemoryCoordinator(clock) }, (limit) => random.below(limit));
  await seedDataset(store);
  const begun = await startTraining(deps, trainRequest({ hyperparameters: { epochs: 5 } }), CALLER);
  if (!begun.ok) throw new Error(begun.failure.detail);
  const { id } = begun.value;
  return {
    async go() {
      for (const name of await waitingRounds(store)) await runRound(store, name, 3);
      await clock.advance(60_000);
      await tick(deps);
    },
    async draw() {
      const drawn = await drawTraining(deps, id, CALLER);
      if (!drawn.ok) throw new Error(drawn.failure.detail);
      expect(drawn.value.mediaType).toBe('image/svg+xml');
      return drawn.value.text;
    },
    missing: () => drawTraining(deps, 'f'.repeat(32), CALLER),
  };
}

test('a job of two rounds is one picture, with a title and words for who can’t see it', async () => {
  const { go, draw, missing } = await world();
  expect(await draw()).toContain(
    '<title id="plot-title">complaints@2026.0101.000000: learning curves, training, no epoch is known yet</title>',
  );
  await go();
  await go();
  const picture = await draw();
  expect(picture).toMatch(/^<svg [^>]*role="img" aria-labelledby="plot-title" aria-describedby="plot-desc">/);
  expect(picture).toContain('learning curves, trained</title>');
  expect(picture).toContain(
    '<desc id="plot-desc">loss by epoch. final, training: 1 at 1, 0.3333 at 3, 0.2 at 5.</desc>',
  );
  expect(picture.match(/<path [^>]*d="(M[^"]+)"/)?.[1]?.match(/[ML]/g)).toHaveLength(5);
  expect(await missing()).toMatchObject({ failure: { kind: 'not-found' } });
});
