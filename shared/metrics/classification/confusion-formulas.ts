/** Weights of a binary confusion matrix. */
export interface BinaryConfusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** A figure of a confusion matrix; NaN where it is 0 / 0. */
export type ConfusionFormula = (confusion: BinaryConfusion) => number;

/** (1 + β²) TP / ((1 + β²) TP + β² FN + FP): van Rijsbergen (1979). NaN where nothing is positive, neither in truth nor predicted. */
export function fBetaOf(beta: number): ConfusionFormula {
  const square = beta * beta;
  return ({ truePositives: tp, falsePositives: fp, falseNegatives: fn }) =>
    ((1 + square) * tp) / ((1 + square) * tp + square * fn + fp);
}

/** Mean of the recalls of the two classes; NaN where one does not occur. */
export function balancedAccuracy({
  truePositives,
  falsePositives,
  falseNegatives,
  trueNegatives,
}: BinaryConfusion): number {
  return (truePositives / (truePositives + falseNegatives) + trueNegatives / (trueNegatives + falsePositives)) / 2;
}

/**
 * Correlation of label and prediction (Matthews 1975). NaN where either is of one class alone (scikit-learn gives 0, which claims a
 * correlation that was not seen).
 */
export function matthewsCorrelation(confusion: BinaryConfusion): number {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion;
  // Square roots apart, as the product of four sums of many rows has no room in a double's digits.
  const scale = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
  return (tp * tn - fp * fn) / scale;
}

/** Agreement beyond chance (Cohen 1960): (p_o − p_e) / (1 − p_e). NaN where chance alone agrees wholly. */
export function cohenKappa(confusion: BinaryConfusion): number {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion;
  return (2 * (tp * tn - fp * fn)) / ((tp + fp) * (fp + tn) + (tp + fn) * (fn + tn));
}
