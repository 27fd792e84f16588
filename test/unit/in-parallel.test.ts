import { expect, test } from 'vitest';
import { inParallel } from '../../shared/core/in-parallel.ts';

test('results come in the order of the items, with no more under way than allowed', async () => {
  let underWay = 0;
  let most = 0;
  const work = async (turns: number) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    underWay--;
    return turns * 10;
  };
  const items = [9, 1, 5, 0, 7, 3, 2];
  expect(await inParallel(items, work, 3)).toEqual(items.map((item) => item * 10));
  expect(most).toBe(3);
  expect(await inParallel([], work)).toEqual([]);
});

test('a failure is told', async () => {
  const work = (item: number) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item));
  await expect(inParallel([1, 2, 3], work, 2)).rejects.toThrow('two');
});
