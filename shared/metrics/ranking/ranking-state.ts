import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { KeptRows } from '../kept-rows.ts';
import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { prefixed, unprefixed } from '../saved-arrays.ts';
import type { RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { RELEVANT } from './item-quality.ts';
import { ItemTable } from './item-table.ts';
import { QUERY_METRICS, writeQueryQuality } from './query-quality.ts';
import { reportRanking } from './ranking-report.ts';
import { readRankingRow } from './ranking-row.ts';
import type { RankingSettings } from './settings.ts';

/** A whole state's table of items: 700,000 items at one depth, 350,000 at five. */
const ITEM_BYTES: Readonly<Record<StateSize, number>> = { whole: 2 ** 24, slice: 2 ** 17 };
/** Bytes of queries that are kept for resampling: beyond 6,000 queries (at one depth) the formula is as good. */
const KEPT_BYTES: Readonly<Record<StateSize, number>> = { whole: 288_000, slice: 48_000 };
const BYTES_PER_VALUE = 8;

/** Sums of each query's quality and counts of each item: `itemQuality` and `writeQueryQuality` say what of. */
export class RankingState implements TaskState {
  readonly #settings: RankingSettings;
  readonly #depth: number;
  readonly #items: ItemTable;
  readonly #kept: KeptRows;
  readonly #means: MeanSums[];
  readonly #quality: Float64Array;
  #queries = 0;

  constructor(settings: RankingSettings, size: StateSize, saved?: SavedState) {
    const values = settings.k.length * QUERY_METRICS.length;
    const mostKept = Math.floor(KEPT_BYTES[size] / (values * BYTES_PER_VALUE));
    this.#settings = settings;
    this.#depth = Math.max(...settings.k);
    this.#quality = new Float64Array(values);
    if (saved === undefined) {
      this.#items = new ItemTable(1 + settings.k.length, ITEM_BYTES[size]);
      this.#kept = new KeptRows(values, mostKept);
      this.#means = Array.from(this.#quality, () => new MeanSums());
      return;
    }
    const { fields, arrays } = saved;
    this.#queries = fields['queries'] as number;
    const level = fields['itemLevel'] as number;
    this.#items = ItemTable.restore(1 + settings.k.length, ITEM_BYTES[size], level, unprefixed('items', arrays));
    this.#kept = new KeptRows(values, mostKept, (arrays['kept'] as Float64Array | undefined) ?? null);
    const judged = fields['judged'] as number;
    this.#means = (fields['means'] as unknown as SavedMean[]).map((mean) => MeanSums.restore([judged, 0], mean));
  }

  add(row: RowRecord): string | null {
    const read = readRankingRow(row, this.#depth);
    if (typeof read === 'string') return read;
    const { relevant, ranked } = read;
    this.#queries += 1;
    for (const item of relevant.keys()) this.#items.count(item, RELEVANT);
    const { k } = this.#settings;
    let depthIndex = 0;
    for (let place = 0; place < ranked.length; place++) {
      while (place >= (k[depthIndex] as number)) depthIndex += 1;
      this.#items.count(ranked[place] as string, 1 + depthIndex);
    }
    if (relevant.size > 0) this.#addQuality(relevant, ranked);
    return null;
  }

  #addQuality(relevant: ReadonlyMap<string, number>, ranked: readonly string[]): void {
    const gainOf = this.#settings.gain === 'linear' ? (gain: number) => gain : exponential;
    const gains = ranked.map((item) => {
      const gain = relevant.get(item);
      return gain === undefined ? 0 : gainOf(gain);
    });
    const idealGains = Float64Array.from(relevant.values(), gainOf).sort().reverse();
    writeQueryQuality(gains, idealGains, this.#settings.k, this.#quality);
    for (let i = 0; i < this.#quality.length; i++) (this.#means[i] as MeanSums).add(this.#quality[i] as number, 1);
    this.#kept.add(this.#quality);
  }

  merge(later: TaskState): void {
    const other = later as RankingState;
    this.#queries += other.#queries;
    this.#items.merge(other.#items);
    this.#kept.merge(other.#kept);
    this.#means.forEach((mean, i) => {
      mean.merge(other.#means[i] as MeanSums);
    });
  }

  save(): SavedState {
    const kept = this.#kept.save();
    return {
      fields: {
        queries: this.#queries,
        judged: this.#judged,
        itemLevel: this.#items.level,
        means: this.#means.map((mean) => mean.save()),
      },
      arrays: { ...prefixed('items', this.#items.save()), ...(kept === null ? {} : { kept }) },
    };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    return reportRanking(
      {
        settings: this.#settings,
        queries: this.#queries,
        judged: this.#judged,
        means: this.#means,
        kept: this.#kept,
        items: this.#items,
      },
      intervals,
    );
  }

  /** Queries with a relevant item. */
  get #judged(): number {
    return (this.#means[0] as MeanSums).rows;
  }
}

/** 2^gain - 1, above 0 for the smallest gain as well. */
function exponential(gain: number): number {
  return gain >= 1 ? 2 ** gain - 1 : Math.expm1(gain * Math.LN2);
}
