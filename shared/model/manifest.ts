import { z } from 'zod';

/**
 * `manifest.json` of a model pack, schema version 1: what the pack is, which files it has (with sha256), how to feed it,
 * how good it was measured to be and where it comes from. A pack is immutable once written.
 */
export const MANIFEST_SCHEMA_VERSION = 1;

/** Names of packs; also the folder under `models/`. */
export const ModelNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, 1 to 63 characters');

/** Versions start with a digit, aliases with a letter, so that `name@x` is never ambiguous. */
export const ModelVersionSchema = z
  .string()
  .regex(/^[0-9][0-9A-Za-z.+-]{0,62}$/, 'starts with a digit, then letters, digits, dot, plus or hyphen');
export const ModelAliasSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'starts with a lower-case letter, then letters, digits or hyphens');

const RelativePathSchema = z
  .string()
  .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'a relative path without . or ..');

export const PackFileSchema = z.object({
  path: RelativePathSchema,
  sizeBytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** ONNX element types that can be fed and read here, by their Open Inference Protocol and ONNX Runtime names. */
export const TensorTypeSchema = z.enum([
  'float32',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
]);

/** A tensor's name, type and shape; a text dimension (`"batch"`) may have any length ≥ 1. */
export const TensorSpecSchema = z.object({
  name: z.string().min(1),
  type: TensorTypeSchema,
  shape: z.array(z.union([z.int(), z.string()])),
});

/** One measured figure. `interval` is its confidence interval at `level`, by `method` (usually the percentile bootstrap). */
export const MetricSchema = z.object({
  name: z.string(),
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  level: z.number().gt(0).lt(1).optional(),
  method: z.string().optional(),
  dataset: z.string(),
  split: z.string().optional(),
  rows: z.int().positive().optional(),
  slice: z.string().optional(),
  note: z.string().optional(),
});

/** One question that an image pack answers: which of these labels. */
export const HeadSchema = z.object({
  /** What it asks about: `kind`, `colour`, `season` … */
  attribute: z.string().regex(/^[a-z][A-Za-z0-9_-]{0,62}$/, 'a name of letters, digits, _ and -'),
  /** The graph's output, float32 [batch, labels]. */
  output: z.string().min(1),
  labels: z.array(z.string().min(1)).min(1),
  /** Below this best score the answer is `other`: calibrated on validation. Without it, never. */
  otherBelow: z.number().min(0).max(1).optional(),
  /** Logits are divided by it before the softmax. */
  temperature: z.number().positive().default(1),
});

/** How a recommender reads a customer's history; `items` is the file that names what its ids mean. */
export const RecommenderSchema = z.object({
  items: RelativePathSchema,
  itemCount: z.int().positive(),
  /** Of the factors; a dense item-item matrix has none. */
  dimensions: z.int().positive().optional(),
  /** What an event of each type counts; types that are not named count nothing. */
  eventWeights: z.record(z.string(), z.number()),
  /** An event this old counts half; `null`: age does not matter. */
  historyHalfLifeDays: z.number().positive().nullable(),
  /** Items of a history that are read, the newest first. */
  maxHistory: z.int().min(1).max(1000),
  /**
   * How items that the customer had before are ranked where they may come again, beside all others: of events of the type that counts most (a purchase,
   * not a view) each adds countWeight + recencyWeight × 0.5^(age ÷ recencyHalfLifeDays) to its item, and every item gets
   * popularityWeight × its popularity.
   */
  repeat: z
    .object({
      countWeight: z.number(),
      recencyWeight: z.number(),
      recencyHalfLifeDays: z.number().positive(),
      popularityWeight: z.number(),
    })
    .optional(),
  popularityHalfLifeDays: z.number().positive(),
  /** Least and greatest rating, for the task `rating`. */
  ratingScale: z.tuple([z.number(), z.number()]).optional(),
  /** The newest event that it learned from. */
  trainedUntil: z.iso.datetime().optional(),
});

export const ManifestSchema = z.object({
  schemaVersion: z.literal(MANIFEST_SCHEMA_VERSION),
  name: ModelNameSchema,
  version: ModelVersionSchema,
  task: z.string().min(1),
  title: z.string().optional(),
  description: z.string().optional(),
  languages: z.array(z.string()).default([]),
  licence: z.string().optional(),
  createdAt: z.iso.datetime().optional(),
  files: z.array(PackFileSchema).min(1),
  model: z.object({
    file: RelativePathSchema,
    precision: z.string(),
    inputs: z.array(TensorSpecSchema).min(1),
    outputs: z.array(TensorSpecSchema).min(1),
    /** Estimate of the WASM heap that the loaded pack takes, in bytes. */
    heapBytes: z.int().positive(),
  }),
  text: z.object({ tokenizer: RelativePathSchema, maxTokens: z.int().positive().max(8192) }).optional(),
  image: z.object({ preprocessor: RelativePathSchema }).optional(),
  recommender: RecommenderSchema.optional(),
  heads: z.array(HeadSchema).min(1).max(16).refine(areDistinct, 'attributes must differ').optional(),
  labels: z.array(z.string().min(1)).optional(),
  scores: z.enum(['softmax', 'sigmoid']).optional(),
  outOfScopeLabel: z.string().optional(),
  calibration: z.record(z.string(), z.unknown()).optional(),
  metrics: z.array(MetricSchema).default([]),
  slices: z.array(MetricSchema).default([]),
  precisionCheck: z.record(z.string(), z.unknown()).optional(),
  lineage: z.record(z.string(), z.unknown()).optional(),
});

/** Whether no two heads ask about the same. */
function areDistinct(heads: readonly { readonly attribute: string }[]): boolean {
  return new Set(heads.map((head) => head.attribute)).size === heads.length;
}

export type Manifest = z.infer<typeof ManifestSchema>;
export type TensorSpec = z.infer<typeof TensorSpecSchema>;
export type TensorType = z.infer<typeof TensorTypeSchema>;
export type Head = z.infer<typeof HeadSchema>;
export type RecommenderDescription = z.infer<typeof RecommenderSchema>;
export type Metric = z.infer<typeof MetricSchema>;
export type PackFile = z.infer<typeof PackFileSchema>;
