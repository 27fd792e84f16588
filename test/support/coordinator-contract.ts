import { describe, expect, test } from 'vitest';
import type { Coordinator } from '../../shared/ports/coordinator.ts';

/** A coordinator under test, and how its time passes. */
export interface CoordinatorUnderTest {
  readonly coordinator: Coordinator;
  readonly pass: (milliseconds: number) => Promise<void>;
}

let names = 0;

/** What every coordinator must do. `make` may give the same one each time: each test has names of its own. */
export function describeCoordinator(platform: string, make: () => CoordinatorUnderTest): void {
  describe(`${platform} as a coordinator`, () => {
    describeLeases(make);
    describeCounters(make);
  });
}

function describeLeases(make: () => CoordinatorUnderTest): void {
  test('a name has one holder; the other is told when to come back', async () => {
    const { coordinator, name } = fresh(make);
    expect(await coordinator.claim(name, 'one', 60)).toMatchObject({ kind: 'claimed' });
    const refused = await coordinator.claim(name, 'two', 60);
    expect(refused).toMatchObject({ kind: 'taken' });
    const seconds = refused.kind === 'taken' ? refused.retryAfterSeconds : 0;
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test('who holds a name renews it and keeps its fence', async () => {
    const { coordinator, name } = fresh(make);
    const first = await coordinator.claim(name, 'one', 60);
    expect(await coordinator.claim(name, 'one', 90)).toEqual(first);
  });

  test('a released name is free, and its next holder has a greater fence', async () => {
    const { coordinator, name } = fresh(make);
    const first = fenceOf(await coordinator.claim(name, 'one', 60));
    await coordinator.release(name, 'one');
    expect(fenceOf(await coordinator.claim(name, 'two', 60))).toBeGreaterThan(first);
  });

  test('a name whose time is over is free, and its next holder has a greater fence', async () => {
    const { coordinator, pass, name } = fresh(make);
    const first = fenceOf(await coordinator.claim(name, 'one', 1));
    await pass(1100);
    expect(fenceOf(await coordinator.claim(name, 'two', 60))).toBeGreaterThan(first);
  });

  test('who held a name before and takes it again is a new holder', async () => {
    const { coordinator, name } = fresh(make);
    const first = fenceOf(await coordinator.claim(name, 'one', 60));
    await coordinator.release(name, 'one');
    expect(fenceOf(await coordinator.claim(name, 'one', 60))).toBeGreaterThan(first);
  });

  test('release by another than the holder changes nothing', async () => {
    const { coordinator, name } = fresh(make);
    await coordinator.claim(name, 'one', 60);
    await coordinator.release(name, 'two');
    await coordinator.release(`${name}-unheld`, 'two');
    expect(await coordinator.claim(name, 'two', 60)).toMatchObject({ kind: 'taken' });
  });

  test('of many that claim at once one gets the name', async () => {
    const { coordinator, name } = fresh(make);
    const owners = Array.from({ length: 12 }, (_, index) => `owner-${index}`);
    const claims = await Promise.all(owners.map((owner) => coordinator.claim(name, owner, 60)));
    expect(claims.filter((claim) => claim.kind === 'claimed')).toHaveLength(1);
  });

  test('names do not touch each other, whatever characters they have', async () => {
    const { coordinator, name } = fresh(make);
    for (const other of [name, `${name}/a`, `${name} ä 中`, `${name}${'x'.repeat(400)}`]) {
      expect(await coordinator.claim(other, 'one', 60)).toMatchObject({ kind: 'claimed' });
    }
  });
}

function describeCounters(make: () => CoordinatorUnderTest): void {
  test('a counter adds up, and 0 only reads it', async () => {
    const { coordinator, name } = fresh(make);
    expect(await coordinator.increment(name, 0, 60)).toEqual({ value: 0, resetsInSeconds: 60 });
    expect((await coordinator.increment(name, 2, 60)).value).toBe(2);
    expect((await coordinator.increment(name, 3, 60)).value).toBe(5);
    const read = await coordinator.increment(name, 0, 60);
    expect(read.value).toBe(5);
    expect(read.resetsInSeconds).toBeGreaterThan(50);
    expect(read.resetsInSeconds).toBeLessThanOrEqual(60);
  });

  test('a counter starts anew when its window is over', async () => {
    const { coordinator, pass, name } = fresh(make);
    await coordinator.increment(name, 7, 1);
    await pass(1100);
    expect((await coordinator.increment(name, 1, 60)).value).toBe(1);
  });

  test('increments at once are all counted', async () => {
    const { coordinator, name } = fresh(make);
    const counts = await Promise.all(Array.from({ length: 12 }, () => coordinator.increment(name, 1, 60)));
    expect(counts.map(({ value }) => value).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  test('a counter and a lease of one name are two things', async () => {
    const { coordinator, name } = fresh(make);
    await coordinator.claim(name, 'one', 60);
    expect((await coordinator.increment(name, 1, 60)).value).toBe(1);
    await coordinator.release(name, 'one');
    expect((await coordinator.increment(name, 0, 60)).value).toBe(1);
  });
}

function fresh(make: () => CoordinatorUnderTest): CoordinatorUnderTest & { readonly name: string } {
  return { ...make(), name: `tenants/acme/test-${names++}` };
}

function fenceOf(claim: Awaited<ReturnType<Coordinator['claim']>>): number {
  if (claim.kind !== 'claimed') throw new Error('the name is taken');
  return claim.fence;
}
