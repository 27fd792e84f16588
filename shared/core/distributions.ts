import {
  betaKernel,
  devianceTerm,
  gammaKernel,
  incompleteBetaTails,
  incompleteGammaTails,
  stirlingError,
} from './special-functions.ts';

export { incompleteBeta } from './special-functions.ts';

const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_2_PI;
}

/** P(Z ≤ x) of the standard normal distribution; the lower tail keeps its digits. */
export function normalCdf(x: number): number {
  const tail = 0.5 * incompleteGammaTails(0.5, 0.5 * x * x).upper;
  return x < 0 ? tail : 1 - tail;
}

/** P(Z > x); the upper tail keeps its digits. */
export function normalSurvival(x: number): number {
  return normalCdf(-x);
}

/** The x with P(Z ≤ x) = p, for 0 < p < 1; ∓∞ at the ends. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  return p < 0.5 ? -normalUpperQuantile(p) : normalUpperQuantile(1 - p);
}

/**
 * The x ≥ 0 with P(Z > x) = tail, for 0 < tail ≤ 0.5: from Abramowitz and Stegun 26.2.23, by x² / 2, which is gamma distributed.
 */
function normalUpperQuantile(tail: number): number {
  if (tail === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(tail));
  const near = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  const start = Math.log(0.5 * Math.max(near, 1e-3) ** 2);
  return Math.sqrt(2 * gammaQuantile({ lower: 1 - 2 * tail, upper: 2 * tail }, 0.5, start));
}

/** P(T ≤ t) of Student's t with `degrees` > 0 of freedom (infinity is the normal distribution). */
export function studentTCdf(t: number, degrees: number): number {
  return t < 0 ? studentTSurvival(-t, degrees) : 1 - studentTSurvival(t, degrees);
}

/** P(T > t); the upper tail keeps its digits. */
export function studentTSurvival(t: number, degrees: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return normalSurvival(t);
  if (t < 0) return 1 - studentTSurvival(-t, degrees);
  // In units that don't overflow: t² / (degrees + t²) and its complement.
  const ratio = t / Math.sqrt(degrees);
  const inner = ratio > 1 ? 1 / (1 + ratio ** -2) : ratio ** 2 / (1 + ratio ** 2);
  const outer = ratio > 1 ? ratio ** -2 / (1 + ratio ** -2) : 1 / (1 + ratio ** 2);
  return 0.5 * incompleteBetaTails(outer, degrees / 2, 0.5, inner).lower;
}

/** The t with P(T ≤ t) = p. */
export function studentTQuantile(p: number, degrees: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (degrees === Number.POSITIVE_INFINITY) return normalQuantile(p);
  const tail = Math.min(p, 1 - p);
  const half = degrees / 2;
  // By logarithms, as a Cauchy tail reaches far: the outer share x = degrees / (degrees + t²) has I_x(degrees/2, 1/2) = 2 tail.
  const { x, y } = betaQuantileParts(2 * tail, 1 - 2 * tail, half, 0.5);
  const t = Math.sqrt((degrees * y) / x);
  return p < 0.5 ? -t : t;
}

/** P(X > x) of the chi-square distribution. */
export function chiSquareSurvival(x: number, degrees: number): number {
  return incompleteGammaTails(degrees / 2, x / 2).upper;
}

/** P(X ≤ x) of the chi-square distribution. */
export function chiSquareCdf(x: number, degrees: number): number {
  return incompleteGammaTails(degrees / 2, x / 2).lower;
}

/** The x with P(X ≤ x) = p of the chi-square distribution. */
export function chiSquareQuantile(p: number, degrees: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  return 2 * gammaQuantile({ lower: p, upper: 1 - p }, degrees / 2, Math.log(degrees / 2));
}

/** The x at which the gamma distribution of shape `a` has these tails; `start` is a first guess of its logarithm. */
function gammaQuantile(tails: Tails, a: number, start: number): number {
  const at = (u: number) => incompleteGammaTails(a, Math.exp(u));
  const top = Math.log(a + 800) + 2;
  return Math.exp(invertTails(at, (u) => gammaKernel(Math.exp(u), a), tails, start, -745, top));
}

/** P(F > x) of Fisher's F distribution. */
export function fSurvival(x: number, numeratorDegrees: number, denominatorDegrees: number): number {
  if (x <= 0) return 1;
  const ratio = (numeratorDegrees / denominatorDegrees) * x;
  const [inner, outer] = [ratio / (1 + ratio), 1 / (1 + ratio)];
  return incompleteBetaTails(outer, denominatorDegrees / 2, numeratorDegrees / 2, inner).lower;
}

/** The x with I_x(a, b) = p: a quantile of the beta distribution. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  return betaQuantileParts(p, 1 - p, a, b).x;
}

/** The quantile and its complement, each with its digits. */
function betaQuantileParts(lower: number, upper: number, a: number, b: number): { x: number; y: number } {
  const parts = (u: number) => ({ x: 1 / (1 + Math.exp(-u)), y: 1 / (1 + Math.exp(u)) });
  const tails = (u: number) => {
    const { x, y } = parts(u);
    return incompleteBetaTails(x, a, b, y);
  };
  const slope = (u: number) => {
    const { x, y } = parts(u);
    return betaKernel(x, y, a, b);
  };
  return parts(invertTails(tails, slope, { lower, upper }, Math.log(a / b), -700, 700));
}

/** P(X = successes) of the binomial distribution. */
export function binomialProbability(successes: number, trials: number, share: number): number {
  if (successes < 0 || successes > trials) return 0;
  const failures = trials - successes;
  if (share <= 0) return successes === 0 ? 1 : 0;
  if (share >= 1) return failures === 0 ? 1 : 0;
  if (successes === 0) return Math.exp(trials * Math.log1p(-share));
  if (failures === 0) return share ** trials;
  const errors = stirlingError(trials) - stirlingError(successes) - stirlingError(failures);
  const deviances = devianceTerm(successes, trials * share) + devianceTerm(failures, trials * (1 - share));
  return Math.exp(errors - deviances) * Math.sqrt(trials / (2 * Math.PI * successes * failures));
}

/** P(X ≤ successes) of the binomial distribution. */
export function binomialCdf(successes: number, trials: number, share: number): number {
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return incompleteBetaTails(1 - share, trials - successes, successes + 1, share).lower;
}

/** P(X > successes) of the binomial distribution. */
export function binomialSurvival(successes: number, trials: number, share: number): number {
  if (successes < 0) return 1;
  if (successes >= trials) return 0;
  return incompleteBetaTails(share, successes + 1, trials - successes, 1 - share).lower;
}

/** Outcomes as likely as the seen one but for rounding count as at most as likely; SciPy's figure. */
const LIKELY_TOLERANCE = 1 + 1e-7;

/**
 * Exact two-sided p-value of `successes` in `trials` where the share is `share`: the probability of all outcomes that are at most
 * as likely as the one seen (Clopper and Pearson's ordering by likelihood, as SciPy's `binomtest`).
 */
export function binomialTest(successes: number, trials: number, share = 0.5): number {
  const mean = trials * share;
  if (successes === mean) return 1;
  const likelihood = binomialProbability(successes, trials, share) * LIKELY_TOLERANCE;
  const isAsUnlikely = (count: number) => binomialProbability(count, trials, share) <= likelihood;
  if (successes < mean) {
    const from = firstWhere(Math.ceil(mean), trials + 1, isAsUnlikely);
    return Math.min(1, binomialCdf(successes, trials, share) + binomialSurvival(from - 1, trials, share));
  }
  const after = firstWhere(0, Math.floor(mean) + 1, (count) => !isAsUnlikely(count));
  return Math.min(1, binomialCdf(after - 1, trials, share) + binomialSurvival(successes - 1, trials, share));
}

/** The first whole number in [low, high) from which on `holds`; `high` where none. */
function firstWhere(low: number, high: number, holds: (count: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * Kolmogorov's limit P(√n D > x) for the two-sided statistic D: 2 Σ (-1)^(k-1) exp(-2 k² x²), and below 1, where that converges
 * slowly, its transform 1 - √(2π)/x Σ exp(-(2k-1)² π² / (8x²)).
 */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) return 1;
  if (x >= 1) return [1, 2, 3, 4].reduce((sum, k) => sum + (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x), 0);
  const below = [1, 3, 5, 7].reduce((sum, odd) => sum + Math.exp((-odd * odd * Math.PI * Math.PI) / (8 * x * x)), 0);
  return 1 - (SQRT_2_PI / x) * below;
}

interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** The u at which a distribution has these tails, by the smaller of them; `slope` is the density in u. */
function invertTails(
  tailsAt: (u: number) => Tails,
  slope: (u: number) => number,
  wanted: Tails,
  start: number,
  low: number,
  high: number,
): number {
  const isLower = wanted.lower <= wanted.upper;
  const tail = isLower ? (at: Tails) => at.lower : (at: Tails) => at.upper;
  const sign = isLower ? 1 : -1;
  return newton({
    gap: (u) => Math.log(tail(tailsAt(u)) / tail(wanted)),
    slope: (u) => (sign * slope(u)) / tail(tailsAt(u)),
    start,
    low,
    high,
  });
}

interface Equation {
  /** Monotone; its zero is looked for. */
  readonly gap: (x: number) => number;
  readonly slope: (x: number) => number;
  readonly start: number;
  readonly low: number;
  readonly high: number;
}

/** Newton's method, with bisection where a step would leave the bracket or is no number. */
function newton({ gap, slope, start, low, high }: Equation): number {
  let [from, to] = [low, high];
  const isRising = gap(low) < gap(high);
  let x = start;
  for (let step = 0; step < 200; step++) {
    const at = gap(x);
    if (at === 0) return x;
    if (at < 0 === isRising) from = x;
    else to = x;
    const next = x - at / slope(x);
    const kept = next > from && next < to ? next : 0.5 * (from + to);
    if (Math.abs(kept - x) <= 1e-16 * Math.abs(x) || kept === x) return kept;
    x = kept;
  }
  return x;
}
