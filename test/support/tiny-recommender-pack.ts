import { type Manifest, ManifestSchema, type RecommenderDescription } from '../../shared/model/manifest.ts';
import type { ItemsFile } from '../../shared/model/recommender-items.ts';
import { fileEntries, type TinyPack, withManifest } from './tiny-pack.ts';
import { tinyRankingGraph, tinyRatingGraph } from './tiny-recommender-onnx.ts';
import { utf8 } from './utf8.ts';

export interface TinyRecommenderOptions {
  readonly name: string;
  readonly version?: string;
  /** What item i says for item j, by row and column. @default TABLE */
  readonly table?: readonly (readonly number[])[];
  /** Changes to the columns of `items.json`. */
  readonly items?: Partial<ItemsFile>;
  readonly settings?: Partial<RecommenderDescription>;
  /** A name that the graph's ids have instead of their own. */
  readonly idsName?: string;
  readonly heapBytes?: number;
}

/**
 * A kitchen shop of six items. Sums of powers of two are exact in float32. Whoever has the mug is offered the teapot (1) before
 * the saucer (0.5); the teapot leads to the tea (2); the wok stands alone; the tea speaks against the pan.
 */
export const ITEMS: ItemsFile = {
  schemaVersion: 1,
  ids: ['mug', 'teapot', 'saucer', 'tea', 'pan', 'wok'],
  titles: ['Red mug', 'Red teapot', 'White saucer', 'Green tea', 'Frying pan', 'Carbon steel wok'],
  categories: [['tableware', 'red'], ['tableware', 'red'], ['tableware'], ['food'], ['cookware'], ['cookware']],
  prices: [4, 20, 3, 6, 30, null],
  popularity: [0.5, 0.25, 0.125, 1, 0.75, 0.0625],
};

export const TABLE = [
  [0, 1, 0.5, 0.25, 0, 0],
  [1, 0, 0.5, 2, 0, 0],
  [0.5, 0.5, 0, 0, 0, 0],
  [0.25, 2, 0, 0, -1, 0],
  [0, 0, 0, 0, 0, 0.25],
  [0, 0, 0, 0, 0.25, 0],
];

export const SETTINGS = {
  items: 'items.json',
  itemCount: ITEMS.ids.length,
  eventWeights: { view: 1, purchase: 4 },
  historyHalfLifeDays: 10,
  maxHistory: 4,
  popularityHalfLifeDays: 30,
} satisfies RecommenderDescription;

const GRAPH_PATH = 'onnx/model_quantized.onnx';

const RANKING_INPUTS = [
  { name: 'history_ids', type: 'int64', shape: ['history'] },
  { name: 'history_weights', type: 'float32', shape: ['history'] },
  { name: 'history_bias', type: 'float32', shape: ['history'] },
  { name: 'item_bias', type: 'float32', shape: ['bias'] },
  { name: 'k', type: 'int64', shape: [1] },
];
const RANKING_OUTPUTS = [
  { name: 'ids', type: 'int64', shape: ['top'] },
  { name: 'scores', type: 'float32', shape: ['top'] },
  { name: 'contributions', type: 'float32', shape: ['top', 'history'] },
  { name: 'item_scores', type: 'float32', shape: ['items'] },
];
const RATING_INPUTS = [
  { name: 'history_ids', type: 'int64', shape: ['history'] },
  { name: 'history_ratings', type: 'float32', shape: ['history'] },
  { name: 'candidate_ids', type: 'int64', shape: ['candidates'] },
];
const RATING_OUTPUTS = [{ name: 'ratings', type: 'float32', shape: ['candidates'] }];

/** A deterministic recommender of about a thousand bytes: a table of what each item says for the others. */
export function tinyRecommenderPack(options: TinyRecommenderOptions): Promise<TinyPack> {
  const { table = TABLE } = options;
  return makePack(options, 'recommendation', tinyRankingGraph(table, options.idsName), RANKING_INPUTS, RANKING_OUTPUTS);
}

/** How far each item lies above or below what a user gives on average. */
export const RATING_OFFSETS = [0.5, 1, -0.5, 0, -1, 3];

/** A deterministic predictor of ratings from 1 to 5: the user's mean and the item's offset. */
export function tinyRatingPack(options: TinyRecommenderOptions): Promise<TinyPack> {
  const ratingScale: [number, number] = [1, 5];
  const settings = { ...options.settings, ratingScale };
  const graph = tinyRatingGraph(RATING_OFFSETS, ratingScale);
  return makePack({ ...options, settings }, 'rating', graph, RATING_INPUTS, RATING_OUTPUTS);
}

async function makePack(
  options: TinyRecommenderOptions,
  task: string,
  graph: Uint8Array<ArrayBuffer>,
  inputs: readonly object[],
  outputs: readonly object[],
): Promise<TinyPack> {
  const { name, version = '1.0.0' } = options;
  const content = new Map<string, Uint8Array<ArrayBuffer>>([
    ['README.md', utf8(`# ${name}\n\nA tiny recommender for tests.\n`)],
    [GRAPH_PATH, graph],
    ['items.json', utf8(JSON.stringify({ ...ITEMS, ...options.items }))],
  ]);
  const manifest: Manifest = ManifestSchema.parse({
    schemaVersion: 1,
    name,
    version,
    task,
    title: `Tiny ${name}`,
    files: await fileEntries(content),
    model: { file: GRAPH_PATH, precision: 'fp32', inputs, outputs, heapBytes: options.heapBytes ?? 2 ** 24 },
    recommender: { ...SETTINGS, ...options.settings },
    metrics: [{ name: 'ndcg@10', value: 0.5, dataset: 'made-up', split: 'test' }],
  });
  return withManifest({ name, version, manifest, files: content }, {});
}
