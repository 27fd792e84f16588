import { SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { BuildError } from './build-error.ts';
import { type Clusters, createClusters } from './clusters.ts';
import { LEAST_ROWS } from './contract-request.ts';
import { judgeEqualRows } from './exact-duplicates.ts';
import { type FactColumns, NO_LABEL } from './facts.ts';
import { LANGUAGES } from './language.ts';
import { LENGTH_BINS } from './length-bins.ts';
import { joinNear, repeatsIn } from './near-duplicates.ts';
import type { Plan } from './plan.ts';
import { BANDS } from './sketch.ts';
import { cutsByShares, type Division, divideByShares, divideByTime, NOWHERE, type Unit } from './split.ts';
import { countIn, type Tally } from './tally.ts';

/** What was decided of all rows together. */
export interface Decided {
  /** A split's place in `SPLIT_NAMES` for each row; `NOWHERE` for those that are dropped. */
  readonly splits: Uint8Array<ArrayBuffer>;
  readonly summary: DecidedSummary;
}

export interface DecidedSummary {
  readonly dropped: Tally;
  /** Rows of each label by split; labels by their place. */
  readonly labels: readonly (readonly number[])[];
  readonly splitRows: readonly number[];
  /** Rows by language and by bin of their length, of those that are kept. */
  readonly languages: Readonly<Record<string, number>>;
  readonly lengths: readonly number[];
  readonly conflicts: { readonly texts: number; readonly settled: number };
  /** Groups of rows that are nearly the same, or of one group, and stay together. */
  readonly together: { readonly groups: number; readonly rows: number; readonly largest: number };
  readonly rareLabels: readonly number[];
}

/** What is decided by, beside the facts. */
export interface DecideOptions {
  readonly plan: Pick<Plan, 'kind' | 'cleaning' | 'split'>;
  readonly labels: readonly string[];
  /** Groups of customers who were erased since the rows were read. */
  readonly erased?: ReadonlySet<number>;
  /** Reads a column of hashes. */
  readonly bandOf: (band: number) => Promise<Uint32Array>;
}

/** Decides for each row whether it stays and where it goes. Throws `BuildError`. */
export async function decideRows(
  columns: FactColumns,
  { plan, labels: labelNames, erased = new Set(), bandOf }: DecideOptions,
): Promise<Decided> {
  const { cleaning, split } = plan;
  const dropped: Tally = {};
  const isDropped = new Uint8Array(columns.rows);
  const drop = (rows: readonly number[], reason: string) => {
    for (const row of [...rows].sort((a, b) => a - b)) {
      isDropped[row] = 1;
      countIn(dropped, reason, columns.lines[row] as number);
    }
  };
  if (erased.size > 0) {
    const rows = [...columns.groups.keys()].filter((row) => erased.has(columns.groups[row] as number));
    drop(rows, 'is of a customer who was erased');
  }
  const clusters = createClusters(columns.rows);
  const equal = judgeEqualRows(columns, isDropped, clusters, cleaning);
  drop(equal.conflicting, 'the same text has another label elsewhere');
  drop(equal.duplicates, plan.kind === 'interactions' ? 'the event was told before' : 'repeats an earlier row');
  if (columns.bits.length > 0) {
    const staying = stayingRows(isDropped);
    const { threshold, action } = cleaning.nearDuplicates;
    for (let band = 0; band < BANDS; band++) joinNear(clusters, staying, await bandOf(band), columns.bits, threshold);
    if (action === 'drop')
      drop(nearRepeats(columns, clusters, staying, threshold), 'is nearly the same as an earlier row');
  }
  if (split.method === 'grouped') joinGroups(columns.groups, stayingRows(isDropped), clusters);
  const units = unitsOf(columns, clusters, stayingRows(isDropped));
  const division = divide(columns, plan, units);
  drop(division.parted, 'is nearly the same as a row of an earlier split');
  const splits = division.splits as Uint8Array<ArrayBuffer>;
  const summary = summarise(columns, splits, labelNames.length, units);
  check(summary, plan, labelNames);
  return { splits, summary: { ...summary, dropped, conflicts: equal.conflicts, rareLabels: division.rareLabels } };
}

function stayingRows(isDropped: Uint8Array): Uint32Array {
  const rows = new Uint32Array(isDropped.length);
  let count = 0;
  for (let row = 0; row < isDropped.length; row++) if (isDropped[row] === 0) rows[count++] = row;
  return rows.subarray(0, count);
}

function nearRepeats(columns: FactColumns, clusters: Clusters, rows: Uint32Array, threshold: number): number[] {
  const members = new Map<number, number[]>();
  for (const row of rows) {
    // The least place stands for a cluster, so that it comes first.
    const root = clusters.find(row);
    if (root === row) continue;
    const known = members.get(root);
    if (known) known.push(row);
    else members.set(root, [root, row]);
  }
  return [...members.values()].flatMap((each) => repeatsIn(each, columns.labels, columns.bits, threshold));
}

function joinGroups(groups: Float64Array, rows: Uint32Array, clusters: Clusters): void {
  const firsts = new Map<number, number>();
  for (const row of rows) {
    const group = groups[row] as number;
    if (Number.isNaN(group)) continue;
    const first = firsts.get(group);
    if (first === undefined) firsts.set(group, row);
    else clusters.join(first, row);
  }
}

function unitsOf(columns: FactColumns, clusters: Clusters, rows: Uint32Array): Unit[] {
  const units = new Map<number, number[]>();
  for (const row of rows) {
    const root = clusters.find(row);
    const known = units.get(root);
    if (known) known.push(row);
    else units.set(root, [row]);
  }
  return [...units.values()].map((members) => ({
    key: columns.keys[members[0] as number] as number,
    rows: members,
    label: mostFrequent(members, columns.labels),
  }));
}

function mostFrequent(rows: readonly number[], labels: Uint16Array): number {
  const [first] = rows;
  if (rows.length === 1) return labels[first as number] as number;
  const groups = [...Map.groupBy(rows, (row) => labels[row] as number)];
  return (groups.sort(([a, x], [b, y]) => y.length - x.length || a - b)[0] as [number, number[]])[0];
}

function divide(columns: FactColumns, { split, kind }: DecideOptions['plan'], units: readonly Unit[]): Division {
  const { shares, seed, method, at } = split;
  if (method !== 'time') {
    const isStratified = method === 'stratified' && kind !== 'interactions';
    return divideByShares(units, columns.rows, { shares, seed, isStratified });
  }
  const cuts = at
    ? ([Date.parse(at[0]), Date.parse(at[1])] as const)
    : cutsByShares(
        units.flatMap(({ rows }) => rows.map((row) => columns.times[row] as number)),
        shares,
      );
  return divideByTime(units, columns.times, cuts);
}

function summarise(
  columns: FactColumns,
  splits: Uint8Array,
  labelCount: number,
  units: readonly Unit[],
): Omit<DecidedSummary, 'dropped' | 'conflicts' | 'rareLabels'> {
  const labels = Array.from({ length: labelCount }, () => SPLIT_NAMES.map(() => 0));
  const splitRows = SPLIT_NAMES.map(() => 0);
  const languages: Record<string, number> = {};
  const lengths = LENGTH_BINS.map(() => 0);
  for (let row = 0; row < columns.rows; row++) {
    const split = splits[row] as number;
    if (split === NOWHERE) continue;
    splitRows[split] = (splitRows[split] as number) + 1;
    const ofLabel = labels[columns.labels[row] as number];
    if (columns.labels[row] !== NO_LABEL && ofLabel) ofLabel[split] = (ofLabel[split] as number) + 1;
    if (columns.bits.length === 0) continue;
    const language = LANGUAGES[columns.languages[row] as number] as string;
    languages[language] = (languages[language] ?? 0) + 1;
    const bin = columns.lengths[row] as number;
    lengths[bin] = (lengths[bin] as number) + 1;
  }
  const several = units.map(({ rows }) => rows.length).filter((length) => length > 1);
  const together = {
    groups: several.length,
    rows: several.reduce((sum, length) => sum + length, 0),
    largest: several.reduce((most, length) => Math.max(most, length), 0),
  };
  return { labels, splitRows, languages, lengths, together };
}

function check(
  { splitRows, labels }: Pick<DecidedSummary, 'splitRows' | 'labels'>,
  plan: DecideOptions['plan'],
  names: readonly string[],
): void {
  const kept = splitRows.reduce((sum, rows) => sum + rows, 0);
  if (kept < LEAST_ROWS)
    throw new BuildError(`Only ${kept} rows are left of the source; at least ${LEAST_ROWS} are needed.`);
  const present = names.filter((_, label) => (labels[label] ?? []).some((rows) => rows > 0));
  if (plan.kind !== 'interactions' && present.length < 2)
    throw new BuildError(`All rows have one label, "${present[0]?.slice(0, 80)}"; a classifier needs at least two.`);
  for (const [split, name] of SPLIT_NAMES.entries()) {
    if (plan.split.shares[name] > 0 && splitRows[split] === 0)
      throw new BuildError(`No row is left for ${name}: say other shares, or other moments by split.at.`);
  }
}
