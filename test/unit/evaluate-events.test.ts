import { describe, expect, test } from 'vitest';
import type { EvaluationAnswer } from '../../functions/evaluate/contract.ts';
import { CustomerLog } from '../../functions/evaluate/customer-log.ts';
import { chooseArm } from '../../shared/customer/arms.ts';
import {
  type EventsWorld,
  erase,
  evaluateEvents,
  eventOn,
  eventsWorld,
  onDay,
  pseudonymOf,
  putArms,
  shownBy,
  storeEvents,
  tableOf,
} from '../support/evaluated-events.ts';
import { createRandom } from '../support/random.ts';

const BY_ID = { arms: { by: 'recommendationId' } };

async function answered(world: EventsWorld, task: string, events: object, settings = {}): Promise<EvaluationAnswer> {
  const answer = await evaluateEvents(world, task, events, settings);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

describe('arms by what was shown', () => {
  /** Two customers of arm a, of whom one buys; two of arm b, who both buy; and all that must not count. */
  const world = eventsWorld();
  const stored = storeEvents(world.store, [
    eventOn(3, 'a1', 'impression', shownBy('a')),
    eventOn(4, 'a1', 'impression', shownBy('a')),
    eventOn(5, 'a1', 'purchase', { value: 10 }),
    // Told again, and arrived with the parts of another day.
    eventOn(5, 'a1', 'purchase', { value: 10, receivedAt: onDay(6) }),
    eventOn(2, 'a2', 'purchase', { value: 99 }),
    eventOn(3, 'a2', 'click', shownBy('a')),
    eventOn(3, 'b1', 'view', shownBy('b')),
    eventOn(4, 'b1', 'purchase', { value: 30 }),
    eventOn(20, 'b1', 'purchase', { value: 12 }),
    eventOn(6, 'b2', 'impression', shownBy('b')),
    // Arrived four days after the window.
    eventOn(30, 'b2', 'purchase', { receivedAt: onDay(35) }),
    eventOn(3, 'both', 'impression', shownBy('a')),
    eventOn(4, 'both', 'impression', shownBy('b')),
    eventOn(5, 'both', 'purchase', { value: 500 }),
    eventOn(3, 'erased', 'impression', shownBy('b')),
    eventOn(4, 'erased', 'purchase', { value: 500 }),
    eventOn(3, 'shown nothing', 'view'),
    eventOn(4, 'shown nothing', 'purchase', { value: 500 }),
    eventOn(3, null, 'purchase', { value: 500 }),
    eventOn(0, 'before', 'impression', shownBy('a')),
    eventOn(32, 'after', 'impression', shownBy('a')),
    eventOn(32, 'a2', 'purchase', { value: 500 }),
    // Ten days after the window it is too late.
    eventOn(30, 'a2', 'purchase', { eventId: 'late', value: 500, receivedAt: onDay(42) }),
  ]).then(() => erase(world.store, 'erased'));

  test('each customer is one row; only sales after the first exposure, in the window, count', async () => {
    await stored;
    const answer = await answered(world, 'campaign', BY_ID);
    const arms = tableOf(answer, 'arms');
    // Customers, conversions, rate, interval, revenue.
    expect([arms['a']?.slice(0, 3), arms['a']?.[5]]).toEqual([[2, 1, 0.5], 10]);
    expect([arms['b']?.slice(0, 3), arms['b']?.[5]]).toEqual([[2, 2, 1], 42]);
    expect(answer.metrics['revenuePer1000']?.value).toBe(16_000);
    expect(answer.rows).toEqual({ read: 4, rejected: 0, firstRejected: [] });
    expect(tableOf(answer, 'events')).toMatchObject({
      'events in the window, repeated ones included': [19],
      'of them of erased customers, which do not count': [2],
      'of them without a customer': [1],
      'customers with an arm': [5],
      'customers in several arms, left out': [1],
      'conversions told again': [1],
    });
    expect(answer.warnings.join()).toMatch(/1 of 5 customers were shown several arms/);
    expect(answer.warnings.join()).toMatch(/1 of 4 conversions have no value/);
  });

  test('more days of arrival find what came late', async () => {
    await stored;
    const answer = await answered(world, 'campaign', { ...BY_ID, lateDays: 10 });
    expect(tableOf(answer, 'arms')['a']?.slice(0, 2)).toEqual([2, 2]);
  });

  test('an A/B test compares what was spent', async () => {
    await stored;
    const answer = await answered(world, 'ab-test', { ...BY_ID, outcome: 'revenue' });
    expect(answer.metrics['difference']?.value).toBe(16);
  });

  test('no customer is named', async () => {
    await stored;
    for (const task of ['campaign', 'ab-test', 'attribution']) {
      const answer = await answered(world, task, task === 'attribution' ? {} : BY_ID);
      expect(JSON.stringify(answer)).not.toMatch(/"(a1|a2|b1|b2|both|erased)"/);
    }
  });

  test('clicks alone are warned of', async () => {
    const clicked = eventsWorld();
    await storeEvents(clicked.store, [eventOn(3, 'x', 'click', shownBy('a')), eventOn(3, 'y', 'click', shownBy('b'))]);
    expect((await answered(clicked, 'campaign', BY_ID)).warnings.join()).toMatch(/No impressions/);
  });

  test('recommendations outside an experiment go by model, with or without version', async () => {
    const plain = eventsWorld();
    await storeEvents(plain.store, [eventOn(3, 'x', 'click', shownBy()), eventOn(3, 'y', 'click', shownBy('b'))]);
    expect(Object.keys(tableOf(await answered(plain, 'campaign', BY_ID), 'arms'))).toEqual(['b', 'own@1.0.0']);
    const together = { arms: { by: 'recommendationId', versions: false } };
    expect(Object.keys(tableOf(await answered(plain, 'campaign', together), 'arms'))).toEqual(['b', 'own']);
  });

  test('more arms than can be compared are refused', async () => {
    const many = eventsWorld();
    const users = Array.from({ length: 30 }, (_, n) => eventOn(3, `u${n}`, 'click', shownBy(`arm-${n}`)));
    await storeEvents(many.store, users);
    expect(await evaluateEvents(many, 'campaign', BY_ID)).toMatch(/source\.events\.arms: there are more than 20 arms/);
  });
});

describe('arms by an experiment', () => {
  const arms = { by: 'experiment', name: 'home', control: 'holdout' };
  const world = eventsWorld();
  const customers = Array.from({ length: 400 }, (_, n) => `customer ${n}`);
  const prepared = (async () => {
    const document = await putArms(world.store, 'home', { holdout: 1, shown: 3 });
    const divided = await Promise.all(
      customers.map(async (name) => {
        const user = await pseudonymOf(name);
        return { user, arm: chooseArm(document, user).name };
      }),
    );
    // Everybody looks at something; of each arm the first ten buy, whatever they were shown.
    const events = divided.flatMap(({ user, arm }) => {
      const place = divided.filter((each) => each.arm === arm).findIndex((each) => each.user === user);
      return [
        eventOn(2, user, 'view', arm === 'shown' ? shownBy('shown') : {}),
        ...(place < 10
          ? [eventOn(-20, user, 'purchase', { value: 5 }), eventOn(9, user, 'purchase', { value: 7 })]
          : []),
      ];
    });
    await storeEvents(world.store, events);
    return { divided, sizeOf: (arm: string) => divided.filter((each) => each.arm === arm).length };
  })();

  test('everybody who did anything is in the arm of the definition: the holdout needs no recommendation', async () => {
    const { sizeOf } = await prepared;
    const answer = await answered(world, 'campaign', { arms });
    expect(tableOf(answer, 'arms')['holdout']?.slice(0, 2)).toEqual([sizeOf('holdout'), 10]);
    expect(tableOf(answer, 'arms')['shown']?.slice(0, 2)).toEqual([sizeOf('shown'), 10]);
    expect(answer.settings).toMatchObject({ control: 'holdout', plannedShares: { holdout: 1, shown: 3 } });
    expect(answer.metrics['sampleRatioPValue']?.value).toBeGreaterThan(0.001);
    expect(answer.warnings.join()).not.toMatch(/another one than the definition/);
    expect(answer.summary?.[0]).toMatch(/^The campaign sold \d+\.\d\d fewer per 1,000 customers/);
  });

  test('what customers bought before makes an A/B test sharper', async () => {
    await prepared;
    const plain = await answered(world, 'ab-test', { arms });
    const sharper = await answered(world, 'ab-test', { arms, covariateDays: 28 });
    expect(plain.metrics['cupedDifference']).toBeUndefined();
    expect(sharper.metrics['difference']).toEqual(plain.metrics['difference']);
    // The same ten bought before: everything is explained.
    expect(sharper.metrics['cupedVarianceReduction']?.value).toBeGreaterThan(0.99);
  });

  test('customers who were shown another arm than their own are told of', async () => {
    const { divided } = await prepared;
    const changed = eventsWorld();
    await putArms(changed.store, 'home', { holdout: 3, shown: 1 });
    const events = divided.map(({ user, arm }) => eventOn(2, user, 'view', shownBy(arm)));
    await storeEvents(changed.store, events);
    const answer = await answered(changed, 'campaign', { arms });
    expect(answer.warnings.join()).toMatch(/of 400 customers who were shown an arm were shown another one/);
  });

  test.each([
    ['a definition that is not there', { ...arms, name: 'nowhere' }, 'no A/B definition "nowhere"'],
    ['a control that is not of it', { ...arms, control: 'x' }, 'no arm "x"; there are holdout, shown'],
  ])('%s is named', async (_, wrong, words) => {
    await prepared;
    expect(await evaluateEvents(world, 'campaign', { arms: wrong })).toContain(words);
  });
});

test('arms by a property are those of the events that show something', async () => {
  const world = eventsWorld();
  await storeEvents(world.store, [
    eventOn(2, 'x', 'impression', { properties: { campaign: 'spring' } }),
    eventOn(3, 'x', 'purchase', { properties: { campaign: 'summer', amount: 8 }, value: 2 }),
    eventOn(2, 'y', 'mail', { properties: { campaign: 'none' } }),
  ]);
  const events = { arms: { by: 'property', name: 'campaign' }, valueProperty: 'amount' };
  expect(tableOf(await answered(world, 'campaign', events), 'arms')['spring']?.slice(0, 2)).toEqual([1, 1]);
  const told = await answered(world, 'campaign', { ...events, exposure: ['impression', 'mail'] });
  expect(told.metrics['revenuePer1000']?.value).toBe(8_000);
});

test('sales are attributed to the recommendations and channels before them, the days before the window included', async () => {
  const world = eventsWorld();
  await storeEvents(world.store, [
    eventOn(-3, 'x', 'click', shownBy('a')),
    eventOn(2, 'x', 'purchase', { value: 10 }),
    eventOn(5, 'y', 'impression', { ...shownBy(), properties: { channel: 'mail' } }),
    eventOn(5.5, 'y', 'purchase', { value: 20 }),
    eventOn(6, null, 'purchase', { value: 30, ...shownBy('a') }),
    eventOn(7, 'z', 'view'),
    eventOn(8, 'z', 'purchase', { value: 40 }),
    eventOn(-2, 'x', 'purchase', { value: 1_000 }),
  ]);
  const answer = await answered(world, 'attribution', {});
  const value = (name: string) => answer.metrics[name]?.value;
  expect(['sales', 'revenue', 'attributedSales', 'attributedRevenue'].map(value)).toEqual([4, 100, 3, 60]);
  expect(['salesByOwnId', 'salesByClick', 'salesByView'].map(value)).toEqual([1, 1, 1]);
  expect(tableOf(answer, 'origins')['a']?.slice(0, 2)).toEqual([2, 40]);
  expect(tableOf(answer, 'origins')['own@1.0.0']?.slice(0, 2)).toEqual([1, 20]);
  expect(tableOf(answer, 'channels')['mail']?.slice(0, 2)).toEqual([1, 20]);
  expect(answer.summary?.[1]).toMatch(/holdout/);
});

describe('a refusal names', () => {
  const world = eventsWorld();
  const window = (from: string, to: string) => ({ window: { from, to } });
  test.each([
    ['a task that events are not of', 'ranking', BY_ID, 'one of campaign, ab-test, attribution'],
    ['arms that are missing', 'campaign', {}, 'source.events.arms: is needed'],
    ['arms that are too many', 'attribution', BY_ID, 'source.events.arms: is not of task attribution'],
    ['a covariate that the task lacks', 'campaign', { ...BY_ID, covariateDays: 7 }, 'covariateDays'],
    ['a window that ends before it begins', 'attribution', window('2026-05-02', '2026-05-01'), 'begin before it ends'],
    ['a window without events', 'campaign', BY_ID, 'has 0 events from 2026-05-01 to 2026-06-01'],
    ['arms that are none', 'campaign', { arms: { by: 'moon' } }, 'source.events.arms.by'],
  ])('%s', async (_, task, events, words) => {
    expect(await evaluateEvents(world, task, events)).toContain(words);
  });
});

test('customers beyond the limit are an even sample, whatever the order of events', () => {
  const rowsOf = (order: 1 | -1) => {
    const log = new CustomerLog(0, { customers: 300, conversions: 1_000 });
    const random = createRandom(1);
    const events = Array.from({ length: 6_000 }, (_, n) => ({ n, user: `u${random.below(2_000)}` }));
    if (order === -1) events.reverse();
    for (const { n, user } of events) {
      if (n % 3 === 0) log.convert(user, n, n % 7, `e${n}`);
      else log.expose(user, Number(user.slice(1)) % 2 === 0 ? 'even' : 'odd', n, null);
    }
    const { rows, counts } = log.close();
    return { level: log.level, counts, rows: [...rows].map((row) => JSON.stringify(row)).sort() };
  };
  const forward = rowsOf(1);
  expect(forward.level).toBe(3);
  expect(forward.rows.length).toBeGreaterThan(150);
  expect(rowsOf(-1)).toEqual(forward);
});
