/** Rows that belong together, by a row that stands for all of them (Tarjan 1975: union by index with halved paths). */
export interface Clusters {
  /** The same for all rows of a cluster: the least of their places. */
  find(row: number): number;
  join(a: number, b: number): void;
}

export function createClusters(rows: number): Clusters {
  const parents = Uint32Array.from({ length: rows }, (_, row) => row);
  const find = (row: number): number => {
    let at = row;
    while (parents[at] !== at) {
      const above = parents[parents[at] as number] as number;
      parents[at] = above;
      at = above;
    }
    return at;
  };
  return {
    find,
    join(a, b) {
      const [first, second] = [find(a), find(b)];
      if (first < second) parents[second] = first;
      else parents[first] = second;
    },
  };
}
