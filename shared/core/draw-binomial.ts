import type { SeededRandom } from './seeded-random.ts';

/** Successes expected from which rejection is faster than counting. */
const REJECTION_FROM = 10;

/**
 * Successes in `trials` of chance `share`: by inversion where few are expected, else by transformed rejection with squeeze
 * (algorithm BTRS, Hörmann 1993, "The generation of binomial random variates", J. Stat. Comput. Simul. 46:101-110). Exact in
 * distribution but for the rounding of doubles.
 */
export function drawBinomial(trials: number, share: number, random: SeededRandom): number {
  if (trials <= 0 || !(share > 0)) return 0;
  if (share >= 1) return trials;
  if (share > 0.5) return trials - drawBinomial(trials, 1 - share, random);
  return trials * share < REJECTION_FROM ? byInversion(trials, share, random) : byRejection(trials, share, random);
}

/**
 * How often each of the cells is drawn in `trials` draws with replacement, in proportion to `counts` (whole numbers, at least one
 * above 0).
 */
export function drawMultinomial(
  trials: number,
  counts: ArrayLike<number>,
  random: SeededRandom,
  drawn: Float64Array,
): Float64Array {
  let [left, remaining] = [trials, 0];
  for (let cell = 0; cell < counts.length; cell++) remaining += counts[cell] as number;
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell] as number;
    const taken = count === 0 ? 0 : drawBinomial(left, count / remaining, random);
    drawn[cell] = taken;
    left -= taken;
    remaining -= count;
  }
  return drawn;
}

function byInversion(trials: number, share: number, random: SeededRandom): number {
  const odds = share / (1 - share);
  let probability = (1 - share) ** trials;
  let left = random.next();
  let successes = 0;
  while (left > probability && successes < trials) {
    left -= probability;
    successes += 1;
    probability *= ((trials - successes + 1) / successes) * odds;
  }
  return successes;
}

function byRejection(trials: number, share: number, random: SeededRandom): number {
  const deviation = Math.sqrt(trials * share * (1 - share));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * share;
  const centre = trials * share + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((trials + 1) * share);
  const logOdds = Math.log(share / (1 - share));
  const atMode = logFactorial(mode) + logFactorial(trials - mode);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= squeeze) return k;
    if (!(k >= 0 && k <= trials)) continue;
    const bound = atMode - logFactorial(k) - logFactorial(trials - k) + (k - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

const TABLED = 32;
const LOG_FACTORIALS = new Float64Array(TABLED);
for (let k = 2; k < TABLED; k++) LOG_FACTORIALS[k] = (LOG_FACTORIALS[k - 1] as number) + Math.log(k);

/** ln k!, by Stirling's series from 32 on, where its first terms are right to the last digits. */
function logFactorial(k: number): number {
  if (k < TABLED) return LOG_FACTORIALS[k] as number;
  const series = (1 / 12 - (1 / 360 - 1 / (1260 * k * k)) / (k * k)) / k;
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + series;
}
