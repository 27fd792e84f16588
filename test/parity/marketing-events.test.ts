import { expect, test } from 'vitest';
import type { EvaluationAnswer } from '../../functions/evaluate/contract.ts';
import { chooseArm } from '../../shared/customer/arms.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { evaluateEvents, eventOn, eventsWorld, putArms, shownBy, storeEvents } from '../support/evaluated-events.ts';
import { createRandom } from '../support/random.ts';

const DRAWS = 200;
const CUSTOMERS = 1_000;
const ARMS = { by: 'experiment', name: 'home', control: 'holdout' };

/** Shops whose customers buy by habit, and, where they are shown recommendations, with a chance of `effect` besides. */
async function simulated(seed: number, effect: number, task: string, events: object = { arms: ARMS }) {
  const random = createRandom(seed);
  const world = eventsWorld();
  const division = await putArms(world.store, 'home', { holdout: 1, shown: 1 });
  const chance = () => random.below(1_000_000) / 1_000_000;
  const stored: StoredEvent[] = [];
  for (let customer = 0; customer < CUSTOMERS; customer++) {
    const user = `${seed} ${customer} ${random.below(1e9)}`;
    const { name: arm } = chooseArm(division, user);
    // Who likes the shop looks more often, clicks more and bought before.
    const habit = chance() ** 3;
    const day = (first: number, days: number) => first + (random.below(1_000) * days) / 1_000;
    if (chance() < habit) stored.push(eventOn(day(-27, 27), user, 'purchase', { value: 20 }));
    stored.push(eventOn(day(1, 5), user, 'view'));
    if (arm === 'shown') {
      const shown = day(6, 4);
      stored.push(eventOn(shown, user, 'impression', shownBy(arm)));
      if (chance() < habit) stored.push(eventOn(shown + 0.001, user, 'click', shownBy(arm)));
    }
    const isCaused = arm === 'shown' && chance() < effect;
    if (chance() < habit || isCaused) stored.push(eventOn(day(11, 5), user, 'purchase', { value: 20 }));
  }
  await storeEvents(world.store, stored);
  const answer = await evaluateEvents(world, task, events);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

/** The chance of a sale by habit is 1/4; the effect counts for those who would not have bought. */
const EFFECT = 0.16;
const TRUE_DIFFERENCE = EFFECT * (1 - 1 / 4);

test('an effect that is planted into events is found, with intervals that hold what they say', async () => {
  let [covered, found, sum, narrower] = [0, 0, 0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const { metrics } = await simulated(draw, EFFECT, 'ab-test', { arms: ARMS, covariateDays: 28 });
    const [plain, cuped] = [metrics['difference'], metrics['cupedDifference']];
    const [low, high] = intervalOf(cuped);
    if (low <= TRUE_DIFFERENCE && TRUE_DIFFERENCE <= high) covered++;
    if (low > 0) found++;
    sum += cuped?.value as number;
    const [plainLow, plainHigh] = intervalOf(plain);
    narrower += (high - low) / (plainHigh - plainLow) / DRAWS;
  }
  // Of 200 draws, 95 % ± 3.1 at two standard errors; the mean's standard error is 0.002.
  expect(covered / DRAWS).toBeGreaterThan(0.915);
  expect(covered / DRAWS).toBeLessThanOrEqual(0.985);
  expect(Math.abs(sum / DRAWS - TRUE_DIFFERENCE)).toBeLessThan(0.008);
  expect(found / DRAWS).toBeGreaterThan(0.95);
  expect(narrower).toBeLessThan(0.95);
});

test('where nothing is planted, attribution claims many sales, and the holdout says that they were not caused', async () => {
  let falseAlarms = 0;
  let claimed = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const campaign = await simulated(1_000 + draw, 0, 'campaign');
    if ((campaign.metrics['conversionsPValue']?.value as number) < 0.05) falseAlarms++;
    if (draw < 10) {
      const attribution = await simulated(1_000 + draw, 0, 'attribution', {});
      claimed += (attribution.metrics['attributedShare']?.value as number) / 10;
    }
  }
  expect(falseAlarms / DRAWS).toBeLessThan(0.085);
  expect(claimed).toBeGreaterThan(0.2);
});

function intervalOf(metric: EvaluationAnswer['metrics'][string] | undefined): readonly [number, number] {
  if (!metric?.interval) throw new Error('no interval');
  return metric.interval;
}
