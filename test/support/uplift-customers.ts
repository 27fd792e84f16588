import type { SeededRandom } from '../../shared/core/seeded-random.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';

/** Customers whose chance to buy rises by 0.4 times `signal` where they are treated; the score is the signal, or noise. */
export function upliftCustomers(count: number, random: SeededRandom, isScoreTrue = true): RowRecord[] {
  return Array.from({ length: count }, () => {
    const signal = random.next();
    const treatment = random.below(2);
    const outcome = random.next() < 0.1 + 0.4 * treatment * signal ? 1 : 0;
    return { treatment, outcome, score: isScoreTrue ? signal : random.next() };
  });
}
