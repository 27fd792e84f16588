import { z } from 'zod';

/** Lower-case letters, digits and hyphens; also the folder under `datasets/`. */
export const DatasetNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, 1 to 63 characters');

/** `20261124T195900Z-1f0c55a9be`: when it was made, and the first digits of its content's digest. Later versions sort behind. */
export const DatasetVersionSchema = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{10}$/, 'is not a version of a dataset');

/** What training may see, what decides during training, and what is looked at once. */
export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/**
 * What a row of each kind has:
 * - `text-classification`: `{id, text, label}`;
 * - `image-classification`: `{id, image, label}` or `{id, image, labels: {attribute: label}}`; `image` is the path of the picture
 *   relative to the version's folder;
 * - `interactions`: `{user, itemId, type, at, value?}`: what customers did, for recommenders.
 * Any row may have further columns, which evaluations slice by.
 */
export const DATASET_KINDS = ['text-classification', 'image-classification', 'interactions'] as const;
export type DatasetKind = (typeof DATASET_KINDS)[number];

export const DatasetPartSchema = z.object({
  /** Relative to the version's folder: gzipped NDJSON, one row a line. */
  path: z.string(),
  rows: z.int().nonnegative(),
  /** Of the object as it is stored, gzipped. */
  sizeBytes: z.int().nonnegative(),
  /** Of the object as it is stored. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const DatasetSplitSchema = z.object({
  rows: z.int().nonnegative(),
  parts: z.array(DatasetPartSchema),
  /** Rows by label, where the kind has labels. */
  labels: z.record(z.string(), z.int().nonnegative()).default({}),
});

/** `manifest.json` of a version of a dataset, schema version 1. A version is immutable once written. */
export const DatasetManifestSchema = z.object({
  schemaVersion: z.literal(1),
  name: DatasetNameSchema,
  version: DatasetVersionSchema,
  createdAt: z.iso.datetime(),
  kind: z.enum(DATASET_KINDS),
  /** Of the rows beside those of the kind, in order of their first appearance. */
  columns: z.array(z.string()).default([]),
  /** All labels in code-point order; for several attributes `attribute=label`. Empty where the kind has none. */
  labels: z.array(z.string()).default([]),
  splits: z.object({ train: DatasetSplitSchema, validation: DatasetSplitSchema, test: DatasetSplitSchema }),
  /** What it was made from and how, as the request said it, every setting with its value. */
  source: z.unknown(),
  settings: z.unknown(),
  /** The version before it, when it was made. */
  previous: DatasetVersionSchema.nullable(),
  /** Of the rows and of how they are divided, whatever they are compressed by: equal for equal content. */
  contentSha256: z.string().optional(),
});

/** What stands in a manifest's place where the version was deleted: a writer that comes late can't bring it back. */
export const DeletedDatasetSchema = z.object({ schemaVersion: z.literal(1), deletedAt: z.iso.datetime() });

export type DatasetManifest = z.infer<typeof DatasetManifestSchema>;
export type DatasetSplit = z.infer<typeof DatasetSplitSchema>;
