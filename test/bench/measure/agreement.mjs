/** Names of scikit-learn's averages in Edgemark's figures. */
const AVERAGES = { 'macro avg': 'Macro', 'weighted avg': 'Weighted' };
const PARTS = { precision: 'precision', recall: 'recall', 'f1-score': 'f1' };

/**
 * How far Edgemark's figures are from scikit-learn's: the largest difference, the bound that Edgemark states for it (0: exact), and
 * whether all are within their bound and rounding.
 */
export function compareFigures(kind, own, peer) {
  const pairs = kind === 'report' ? reportPairs(own, peer) : metricPairs(own.metrics, peer);
  const differences = pairs.map(({ value, expected }) => Math.abs(value - expected));
  const bounds = pairs.map(({ errorBound = 0 }) => errorBound);
  return {
    figures: pairs.length,
    largestDifference: Math.max(...differences),
    statedBound: Math.max(...bounds),
    isWithin: pairs.every(({ expected }, i) => differences[i] <= bounds[i] + 1e-9 * Math.max(1, Math.abs(expected))),
  };
}

function metricPairs(metrics, peer) {
  return Object.entries(peer).map(([name, expected]) => ({ ...metrics[name], expected }));
}

function reportPairs({ metrics, tables }, { report, confusion }) {
  const { columns, rows } = tables.perClass;
  const perClass = rows.flatMap((row) =>
    Object.entries(PARTS).map(([theirs, ours]) => ({
      value: row[columns.indexOf(ours)],
      expected: report[row[0]][theirs],
    })),
  );
  const averages = Object.entries(AVERAGES).flatMap(([average, ending]) =>
    Object.entries(PARTS).map(([theirs, ours]) => ({
      value: metrics[ours + ending].value,
      expected: report[average][theirs],
    })),
  );
  const cells = tables.confusion.rows.flatMap(([, ...values], truth) =>
    values.map((value, predicted) => ({ value, expected: confusion[truth][predicted] })),
  );
  return [...perClass, ...averages, { value: metrics.accuracy.value, expected: report.accuracy }, ...cells];
}
