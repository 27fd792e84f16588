/**
 * Probabilities of mutually exclusive labels: exp(x_i - max x) / sum_j exp(x_j - max x).
 * Subtracting the maximum keeps the exponentials finite (Goodfellow, Bengio and Courville, Deep Learning, 4.1).
 */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(logits.length);
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if ((logits[i] as number) > max) max = logits[i] as number;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const value = Math.exp((logits[i] as number) - max);
    scores[i] = value;
    sum += value;
  }
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) / sum;
  return scores;
}

/** Probabilities of independent labels: 1 / (1 + exp(-x)), each on its own. */
export function sigmoid(logits: ArrayLike<number>): Float64Array {
  return Float64Array.from(logits, (x) => 1 / (1 + Math.exp(-x)));
}
