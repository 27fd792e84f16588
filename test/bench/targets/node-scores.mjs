/** What the peers on Node need to turn logits into an answer; written as one would without this project. */

export function softmax(logits) {
  const max = logits.reduce((a, b) => Math.max(a, b));
  const exponents = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const sum = exponents.reduce((a, b) => a + b);
  return exponents.map((exponent) => exponent / sum);
}

export function bestOf(scores, k, labels) {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  return order.slice(0, k).map((index) => ({ label: labels[index], score: scores[index] }));
}
