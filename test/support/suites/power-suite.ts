import { describe, expect, test } from 'vitest';
import { PowerAnswerSchema } from '../../../functions/evaluate/contract-power.ts';
import { jsonOf, post, problemOf, type UseServer } from '../test-server.ts';

const PLAN = { outcome: { kind: 'shares', control: 0.02 }, difference: 0.004, power: 0.8 };

/** What `POST /v1/evaluate/power` answers, on every platform. */
export function describePower(useServer: UseServer): void {
  const send = (body: object) => useServer().fetch('/v1/evaluate/power', post(body));
  const planned = async (body: object) => PowerAnswerSchema.parse(await jsonOf(await send(body)));

  test('rows needed are answered, the sentence first', async () => {
    const answer = await planned(PLAN);
    expect(Object.keys(answer)[0]).toBe('summary');
    expect(answer.summary[0]).toContain('42,218 rows are needed');
    expect(answer).toMatchObject({
      solved: 'rows',
      rows: { all: 42_218, control: 21_109, treatment: 21_109 },
      alpha: 0.05,
      comparisons: 1,
    });
  });

  test('power, the smallest difference and the level are answered as well', async () => {
    const { power: _, ...open } = PLAN;
    expect(await planned({ ...open, rows: 42_218 })).toMatchObject({ solved: 'power', power: expect.closeTo(0.8, 4) });
    const means = { outcome: { kind: 'means', deviation: 10, treatmentDeviation: 12 }, rows: 2_000, power: 0.8 };
    // (1.959964 + 0.841621) √((100 + 144) / 1,000)
    expect(await planned(means)).toMatchObject({ solved: 'difference', difference: expect.closeTo(1.383881, 5) });
    expect(await planned({ ...PLAN, rows: 42_218 })).toMatchObject({ solved: 'alpha', alpha: expect.closeTo(0.05, 4) });
    expect(await planned({ ...PLAN, arms: 4 })).toMatchObject({ comparisons: 3, alphaPerComparison: 0.05 / 3 });
  });

  describe('a refusal', () => {
    test.each([
      ['two unknowns', { outcome: PLAN.outcome, power: 0.8 }, 'difference'],
      ['nothing unknown', { ...PLAN, rows: 1_000, alpha: 0.05 }, 'alpha'],
      ['a difference of 0', { ...PLAN, difference: 0 }, 'difference'],
      ['a share beyond 1', { ...PLAN, difference: 0.99 }, 'difference'],
      ['a share that is none', { ...PLAN, outcome: { kind: 'shares', control: 2 } }, 'outcome.control'],
      ['a field that is not known', { ...PLAN, beta: 0.2 }, 'beta'],
      ['rows too few for the arms', { outcome: PLAN.outcome, rows: 10, power: 0.8, ratio: 0.01 }, 'rows'],
    ])('names %s', async (_, body, pointer) => {
      const problem = await problemOf(await send(body), 422);
      expect(JSON.stringify(problem.errors)).toContain(pointer);
    });
  });
}
