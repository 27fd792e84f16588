import { z } from 'zod';
import { sha256Hex } from '../core/hex.ts';
import { toJsonBytes, toUtf8 } from '../core/json-bytes.ts';
import type { KnownItem } from '../customer/catalogue.ts';
import type { CalendarEvaluation } from '../recommender/calendar-evaluation.ts';
import type { ItemModel, ItemModelSettings } from '../recommender/item-model.ts';
import type { MeanWithInterval } from '../recommender/ranking-quality.ts';
import { MANIFEST_SCHEMA_VERSION, type Manifest, ManifestSchema, type Metric } from './manifest.ts';
import { RECOMMENDATION_INPUTS, RECOMMENDATION_OUTPUTS, writeNeighbourGraph } from './onnx/neighbour-graph.ts';
import type { ItemsFile } from './recommender-items.ts';

/** The name of a tenant's own recommender, whoever made it. */
export const OWN_RECOMMENDER = 'own';
/** Says in a pack's lineage that it was made here, not by a training job. */
const REBUILT = 'edge-rebuild';

const GRAPH_PATH = 'onnx/model_quantized.onnx';
const ITEMS_PATH = 'items.json';
const CARD_PATH = 'README.md';

/** ONNX Runtime takes 16 MiB, and the constants of a graph up to 2.4 times their size: what operators pack of them too. */
const ENGINE_HEAP_BYTES = 16 * 1024 * 1024;
const HEAP_PER_GRAPH_BYTE = 2.4;

const RebuiltLineageSchema = z.object({ method: z.literal(REBUILT) });

/** Whether the pack was made here, not by a training job or by anybody else. */
export function isRebuilt(manifest: Manifest): boolean {
  return RebuiltLineageSchema.safeParse(manifest.lineage).success;
}

/** What a pack is made of. */
export interface OwnRecommenderParts {
  readonly model: ItemModel;
  /** Ids of the model's items, in its order. */
  readonly itemIds: readonly string[];
  readonly settings: ItemModelSettings;
  /** `null` where there was too little to say how good it is. */
  readonly evaluation: CalendarEvaluation | null;
  /** Time of the newest event. */
  readonly untilMs: number;
  readonly catalogue: readonly KnownItem[];
  /** What was read and what was left out: becomes part of the lineage, and takes no part in the version. */
  readonly account: Readonly<Record<string, unknown>>;
}

/** A pack on its way to storage. */
export interface OwnRecommenderPack {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * The pack of a tenant's own recommender. Its version is the day of the newest event and a digest of files, settings and metrics:
 * the same events make the same files under the same version, however they were grouped into parts.
 */
export async function assembleOwnRecommender(parts: OwnRecommenderParts): Promise<OwnRecommenderPack> {
  const graph = writeNeighbourGraph(parts.model.neighbours);
  const content = new Map([
    [GRAPH_PATH, graph],
    [ITEMS_PATH, toJsonBytes(itemsOf(parts))],
    [CARD_PATH, toUtf8(cardOf(parts))],
  ]);
  const files = await Promise.all(
    [...content].map(async ([path, bytes]) => ({ path, sizeBytes: bytes.length, sha256: await sha256Hex(bytes) })),
  );
  const trainedUntil = new Date(parts.untilMs).toISOString();
  const { eventWeights, halfLifeDays, maxHistory, popularityHalfLifeDays } = parts.settings;
  const described = {
    schemaVersion: MANIFEST_SCHEMA_VERSION,
    name: OWN_RECOMMENDER,
    task: 'recommendation',
    title: 'Recommender from your own events',
    description: 'Learned at the edge from what your customers did, with no training job.',
    files,
    model: {
      file: GRAPH_PATH,
      precision: 'int8',
      inputs: RECOMMENDATION_INPUTS,
      outputs: RECOMMENDATION_OUTPUTS,
      heapBytes: ENGINE_HEAP_BYTES + Math.ceil(graph.length * HEAP_PER_GRAPH_BYTE),
    },
    recommender: {
      items: ITEMS_PATH,
      itemCount: parts.itemIds.length,
      eventWeights,
      historyHalfLifeDays: halfLifeDays,
      maxHistory,
      popularityHalfLifeDays,
      trainedUntil,
    },
    metrics: metricsOf(parts.evaluation),
    lineage: { method: REBUILT, settings: parts.settings },
  };
  const digest = (await sha256Hex(JSON.stringify(described))).slice(0, 12);
  const manifest = ManifestSchema.parse({
    ...described,
    version: `${trainedUntil.slice(0, 10)}-${digest}`,
    lineage: { ...described.lineage, ...parts.account },
  });
  return { manifest, files: content };
}

/** Titles, categories and prices are those of the catalogue, where it knows any of the items. */
function itemsOf({ model, itemIds, catalogue }: OwnRecommenderParts): ItemsFile {
  const known = new Map(catalogue.map((item) => [item.itemId, item]));
  const items = itemIds.map((itemId) => known.get(itemId));
  const isKnown = items.some((item) => item !== undefined);
  const columns = {
    titles: items.map((item) => item?.title ?? ''),
    categories: items.map((item) => item?.categories ?? []),
    prices: items.map((item) => item?.price ?? null),
  };
  return {
    schemaVersion: 1,
    ids: [...itemIds],
    ...(isKnown ? columns : {}),
    popularity: Array.from(model.popularity, (value) => Number(value.toPrecision(6))),
  };
}

function metricsOf(evaluation: CalendarEvaluation | null): Metric[] {
  if (!evaluation) return [];
  return [
    metric('ndcg@10', evaluation.model, evaluation),
    metric('popularity_ndcg@10', evaluation.popularity, evaluation, 'what recommending the most popular reaches'),
  ];
}

function metric(name: string, figure: MeanWithInterval, { users, cutMs }: CalendarEvaluation, note?: string): Metric {
  return {
    name,
    value: rounded(figure.value),
    interval: [rounded(figure.interval[0]), rounded(figure.interval[1])],
    level: 0.95,
    method: 'normal approximation over customers',
    dataset: 'own events',
    split: `learned from events before ${new Date(cutMs).toISOString()}, asked for new items of events after it, full ranking`,
    rows: users,
    ...(note === undefined ? {} : { note }),
  };
}

function cardOf({ model, itemIds, evaluation, untilMs }: OwnRecommenderParts): string {
  const quality = evaluation
    ? `Learned from the first 80 % of the time and asked for what ${evaluation.users} customers had new in the rest, it reaches
nDCG@10 ${figureText(evaluation.model)}; recommending the most popular reaches ${figureText(evaluation.popularity)}.`
    : 'There were too few returning customers to say how good it is.';
  return `# Recommender from your own events

Learned at the edge from what your customers did until ${new Date(untilMs).toISOString()}, with no training job.

- ${itemIds.length} items; ${model.droppedItems} less popular ones found no place.
- The ${model.solvedItems} most popular have weights that were solved together (EASE, Steck 2019), the others those of items
  bought together (cosine). Newer events count more.
- ${quality}

A pack of a training job takes its place when one is promoted; what was read and what was left out stands in the manifest's lineage.
`;
}

function figureText({ value, interval }: MeanWithInterval): string {
  return `${value.toFixed(3)} (95 % interval ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)})`;
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
