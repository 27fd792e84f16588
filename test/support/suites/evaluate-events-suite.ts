import { expect, test } from 'vitest';
import { type EvaluationAnswer, EvaluationSchema, ProgressSchema } from '../../../functions/evaluate/contract.ts';
import type { RecommendResponse } from '../../../functions/recommend/contract.ts';
import { utcDate } from '../../../shared/core/utc-date.ts';
import { tableOf } from '../evaluated-events.ts';
import { eventually } from '../eventually.ts';
import { createRandom } from '../random.ts';
import { seedKey } from '../seed-store.ts';
import { bearer, get, jsonOf, post, type UseServer } from '../test-server.ts';

const KEY = 'em_key-of-the-shop-that-measures';
const DAY_MS = 86_400_000;
const CUSTOMERS = 40;
/** Events of 8,000 characters that hardly compress: more than is evaluated while one waits. */
const LARGE = { requests: 2, events: 450, characters: 8_000 };

/** From recommendations through what customers did to what it brought: recommend, collect and evaluate together. */
export function describeEvaluateEvents(useServer: UseServer): void {
  const window = { from: utcDate(Date.now() - DAY_MS), to: utcDate(Date.now() + 2 * DAY_MS) };
  const tell = async (events: readonly object[]) => {
    await jsonOf(await useServer().fetch('/v1/events', post({ events }, KEY)), 202);
  };
  const ask = (task: string, events: object) =>
    useServer().fetch('/v1/evaluate', post({ task, source: { events: { window, ...events } } }, KEY));
  const evaluated = async (task: string, events: object) =>
    EvaluationSchema.parse(await jsonOf(await ask(task, events)));
  const armsOf = (answer: EvaluationAnswer) =>
    Object.fromEntries(Object.entries(tableOf(answer, 'arms')).map(([arm, cells]) => [arm, cells.slice(0, 2)]));

  test('an experiment is divided, shown, collected and evaluated, by what was shown and by who was to be shown it', async () => {
    await seedKey(useServer().store, KEY, { tenant: 'measuring' });
    const arms = [
      { name: 'holdout', weight: 1, model: 'kitchen' },
      { name: 'new', weight: 1, model: 'kitchen' },
    ];
    const put = { ...post({ arms }, KEY), method: 'PUT' };
    await jsonOf(await useServer().fetch('/v1/recommend/arms/home', put));
    const armByUser = new Map<string, string>();
    for (let n = 0; n < CUSTOMERS; n++) {
      const userId = `shopper-${n}`;
      const request = post({ model: 'home', userId, k: 1 }, KEY);
      const answer = (await jsonOf(await useServer().fetch('/v1/recommend', request))) as RecommendResponse;
      armByUser.set(userId, answer.arm as string);
      const { recommendationId } = answer;
      // The first of each arm buys, the holdout is shown nothing, everybody visits.
      const isFirst = [...armByUser.values()].filter((arm) => arm === answer.arm).length === 1;
      await tell([
        { eventId: `v${n}`, type: 'view', userId, itemId: 'mug' },
        ...(answer.arm === 'new'
          ? [{ eventId: `i${n}`, type: 'impression', userId, itemId: 'mug', recommendationId }]
          : []),
        ...(isFirst ? [{ eventId: `p${n}`, type: 'purchase', userId, itemId: 'mug', value: 25 }] : []),
      ]);
    }
    const size = (arm: string) => [...armByUser.values()].filter((each) => each === arm).length;
    const byExperiment = await evaluated('campaign', { arms: { by: 'experiment', name: 'home', control: 'holdout' } });
    expect(armsOf(byExperiment)).toEqual({ holdout: [size('holdout'), 1], new: [size('new'), 1] });
    expect(byExperiment.summary?.[0]).toMatch(/^The campaign sold/);
    const shown = await evaluated('campaign', { arms: { by: 'recommendationId' } });
    expect(armsOf(shown)).toEqual({ new: [size('new'), 1] });
    const { metrics } = await evaluated('attribution', {});
    expect([metrics['sales']?.value, metrics['salesByView']?.value]).toEqual([2, 1]);
    expect(JSON.stringify([byExperiment, shown, metrics])).not.toMatch(/shopper/);
  });

  test('an erased customer counts no more', async () => {
    const before = await evaluated('attribution', {});
    const erased = await useServer().fetch('/v1/users/shopper-0', { method: 'DELETE', headers: bearer(KEY) });
    expect(erased.status).toBeLessThan(300);
    const after = await evaluated('attribution', {});
    expect(after.metrics['sales']?.value).toBe((before.metrics['sales']?.value as number) - 1);
  });

  test('many events are evaluated by the queue, to be asked for by id', async () => {
    const random = createRandom(1);
    const noise = () =>
      Array.from({ length: LARGE.characters / 10 }, () =>
        random
          .below(36 ** 5 * 36 ** 5)
          .toString(36)
          .padStart(10, '0'),
      );
    for (let request = 0; request < LARGE.requests; request++) {
      const events = Array.from({ length: LARGE.events }, (_, n) => ({
        ...{ eventId: `large ${request} ${n}`, type: 'view', userId: null, itemId: 'mug' },
        properties: { noise: noise().join('').slice(0, LARGE.characters) },
      }));
      await tell(events);
    }
    const begun = ProgressSchema.parse(await jsonOf(await ask('attribution', {}), 202));
    expect(begun).toMatchObject({ status: 'running', parts: { done: 0, all: 1 } });
    const done = await eventually(async () => {
      await useServer().deliver();
      return EvaluationSchema.parse(await jsonOf(await useServer().fetch(`/v1/evaluate/${begun.id}`, get(KEY))));
    });
    expect(tableOf(done, 'events')['of them without a customer']).toEqual([LARGE.requests * LARGE.events]);
    expect(done.metrics['sales']?.value).toBe(1);
  });
}
