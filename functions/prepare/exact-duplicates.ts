import type { Clusters } from './clusters.ts';
import type { Cleaning } from './contract-request.ts';
import type { FactColumns } from './facts.ts';

/** What came of rows of the same content. */
export interface ExactVerdict {
  /** Rows that say what an earlier one says. */
  readonly duplicates: readonly number[];
  /** Rows whose label the other copies contradict. */
  readonly conflicting: readonly number[];
  readonly conflicts: { readonly texts: number; readonly settled: number };
}

/** Looks at rows of equal keys; rows that stay of them are joined. */
export function judgeEqualRows(
  columns: FactColumns,
  isDropped: Uint8Array,
  clusters: Clusters,
  { duplicates, conflicts }: Pick<Cleaning, 'duplicates' | 'conflicts'>,
): ExactVerdict {
  const verdict = { duplicates: [] as number[], conflicting: [] as number[], conflicts: { texts: 0, settled: 0 } };
  for (const equal of equalRows(columns.keys)) {
    const rows = equal.filter((row) => isDropped[row] === 0);
    const staying = withoutConflict(rows, columns.labels, conflicts, verdict);
    const seen = new Set<number>();
    const [first] = staying;
    for (const row of staying) {
      const label = columns.labels[row] as number;
      if (duplicates === 'drop' && seen.has(label)) verdict.duplicates.push(row);
      else clusters.join(first as number, row);
      seen.add(label);
    }
  }
  return verdict;
}

/** Groups of places whose keys are equal, each in order. */
function* equalRows(keys: Float64Array): Generator<number[]> {
  const order = Uint32Array.from(keys, (_, row) => row);
  order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1;
    while (end < order.length && keys[order[end] as number] === keys[order[begin] as number]) end++;
    if (end - begin > 1) yield [...order.subarray(begin, end)];
    begin = end;
  }
}

function withoutConflict(
  rows: readonly number[],
  labels: Uint16Array,
  { action, share }: Cleaning['conflicts'],
  verdict: { readonly conflicting: number[]; readonly conflicts: { texts: number; settled: number } },
): readonly number[] {
  const byLabel = Map.groupBy(rows, (row) => labels[row] as number);
  if (byLabel.size < 2) return rows;
  verdict.conflicts.texts++;
  if (action === 'keep') return rows;
  const [most] = [...byLabel.values()].sort((a, b) => b.length - a.length);
  const isClear = action === 'majority' && most !== undefined && most.length > share * rows.length;
  const staying = isClear ? most : [];
  if (isClear) verdict.conflicts.settled++;
  const kept = new Set(staying);
  for (const row of rows) if (!kept.has(row)) verdict.conflicting.push(row);
  return staying;
}
