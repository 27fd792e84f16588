const TINY = 1e-300;
const PRECISION = 2 ** -53;
/** Continued fractions take about the square root of the larger parameter in steps; this suffices for parameters up to 10^10. */
const MAX_STEPS = 1_000_000;
/** From here Stirling's series to its 7th term is exact in double precision. */
const STIRLING_FROM = 16;
const STIRLING_TERMS = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/**
 * What Stirling's formula lacks: log Γ(z + 1) - (log(2πz) / 2 + z log z - z), for z > 0. It keeps its digits where log Γ of large
 * numbers would lose them in differences (Loader 2000, "Fast and accurate computation of binomial probabilities").
 */
export function stirlingError(z: number): number {
  let shifted = z;
  let error = 0;
  for (; shifted < STIRLING_FROM; shifted++) error += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
  const square = shifted * shifted;
  let power = shifted;
  for (const term of STIRLING_TERMS) {
    error += term / power;
    power *= square;
  }
  return error;
}

/** log Γ(z) for z > 0. */
export function logGamma(z: number): number {
  return stirlingError(z) + 0.5 * Math.log((2 * Math.PI) / z) + z * Math.log(z) - z;
}

/** x log(x / mean) + mean - x without cancellation where x is near the mean (Loader 2000, `bd0`). Both must be above 0. */
export function devianceTerm(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const ratio = difference / (x + mean);
  let sum = difference * ratio;
  let power = 2 * x * ratio;
  for (let odd = 3; ; odd += 2) {
    power *= ratio * ratio;
    const next = sum + power / odd;
    if (!(Math.abs(next - sum) > 0)) return next;
    sum = next;
  }
}

/** x^a (1-x)^b / B(a, b): the derivative of I_x(a, b) by log(x / (1-x)). `y` is 1 - x, given apart as x may be near 1. */
export function betaKernel(x: number, y: number, a: number, b: number): number {
  if (x <= 0 || y <= 0) return 0;
  const total = a + b;
  const errors = stirlingError(total) - stirlingError(a) - stirlingError(b);
  const deviances = devianceTerm(a, total * x) + devianceTerm(b, total * y);
  return Math.sqrt((a / total) * (b / (2 * Math.PI))) * Math.exp(errors - deviances);
}

/**
 * Both tails of the beta distribution, I_x(a, b) and 1 - I_x(a, b): that which lies beyond the mean keeps its digits however
 * small, the other is what it leaves of 1.
 */
export function incompleteBetaTails(
  x: number,
  a: number,
  b: number,
  y: number = 1 - x,
): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  const kernel = betaKernel(x, y, a, b);
  if (x * (a + b + 2) <= a + 1) {
    const lower = Math.min(1, (kernel / a) * betaFraction(x, a, b));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, (kernel / b) * betaFraction(y, b, a));
  return { lower: 1 - upper, upper };
}

/** The regularised incomplete beta function I_x(a, b), for a, b > 0. */
export function incompleteBeta(x: number, a: number, b: number): number {
  return incompleteBetaTails(x, a, b).lower;
}

/** Continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  return lentz((step) => {
    const m = step >> 1;
    if (step === 0) return { numerator: 1, denominator: 1 };
    const numerator =
      step % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return { numerator, denominator: 1 };
  });
}

/** x^a e^-x / Γ(a): the derivative of P(a, x) by log x. */
export function gammaKernel(x: number, a: number): number {
  if (x <= 0) return 0;
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a) - devianceTerm(a, x));
}

/** Both tails of the gamma distribution: the regularised incomplete gamma functions P(a, x) and Q(a, x), for a > 0. */
export function incompleteGammaTails(a: number, x: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const kernel = gammaKernel(x, a);
  if (x < a + 1) {
    const lower = Math.min(1, (kernel / a) * gammaSeries(x, a));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, kernel * gammaFraction(x, a));
  return { lower: 1 - upper, upper };
}

/** 1 + x/(a+1) + x²/((a+1)(a+2)) + … (DLMF 8.11.4). */
function gammaSeries(x: number, a: number): number {
  let term = 1;
  let sum = 1;
  for (let step = 1; step < MAX_STEPS && term > sum * PRECISION; step++) {
    term *= x / (a + step);
    sum += term;
  }
  return sum;
}

/** Continued fraction of Q(a, x) (DLMF 8.9.2 in its even part). */
function gammaFraction(x: number, a: number): number {
  return lentz((step) => ({
    numerator: step === 0 ? 1 : step * (a - step),
    denominator: x - a + 1 + 2 * step,
  }));
}

/** n0 / (d0 + n1 / (d1 + …)) by Lentz's method as Thompson and Barnett (1986) changed it. */
function lentz(term: (step: number) => { numerator: number; denominator: number }): number {
  const first = term(0);
  let value = nonZero(first.denominator);
  let c = value;
  let d = 0;
  for (let step = 1; step < MAX_STEPS; step++) {
    const { numerator, denominator } = term(step);
    d = 1 / nonZero(denominator + numerator * d);
    c = nonZero(denominator + numerator / c);
    const factor = c * d;
    value *= factor;
    if (!(Math.abs(factor - 1) > 2 * PRECISION)) break;
  }
  return first.numerator / value;
}

function nonZero(value: number): number {
  return value === 0 ? TINY : value;
}
