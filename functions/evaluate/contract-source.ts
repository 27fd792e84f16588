import { z } from '@hono/zod-openapi';
import { DatasetNameSchema, DatasetVersionSchema, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { EventsSourceSchema } from './contract-events.ts';

/** Objects that one evaluation reads. */
export const MAX_KEYS = 1_000;

const ObjectKeySchema = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9_=.-][A-Za-z0-9_=./-]{0,400}$/, 'takes letters, digits, and . _ - = /')
  .openapi({
    description: 'An object’s key below `tenants/{tenant}/rows/`.',
    example: 'campaign-2026-05/part-1.csv.gz',
  });

const KeysSchema = z
  .array(ObjectKeySchema)
  .min(1)
  .max(MAX_KEYS)
  .refine((keys) => new Set(keys).size === keys.length, 'names an object twice')
  .openapi({
    description:
      'Objects of CSV or NDJSON, gzipped or not, evaluated as parts that are merged in this order. Large ones are divided and their pieces read side by side; a gzipped one can’t be, and may have 2 GiB: send several.',
  });

const DatasetSourceSchema = z
  .strictObject({
    name: DatasetNameSchema,
    version: DatasetVersionSchema.optional().openapi({ description: 'The newest where none is said.' }),
    split: z.enum(SPLIT_NAMES).default('test'),
  })
  .openapi({ description: 'A split of a dataset that `POST /v1/datasets` made.' });

export const SourceSchema = z
  .strictObject({
    keys: KeysSchema.optional(),
    dataset: DatasetSourceSchema.optional(),
    events: EventsSourceSchema.optional(),
  })
  .refine(
    (source) => Object.values(source).filter((part) => part !== undefined).length === 1,
    'takes one of its kinds',
  );

const ModelTextSchema = z.string().min(1).max(128).openapi({
  example: 'sentiment@production',
  description: '`name` (its production alias), `name@version` or `name@alias`.',
});

/** What is asked of models about a dataset's rows. */
export const predictions = {
  model: ModelTextSchema.optional().openapi({
    description:
      'Asked about every row of `source.dataset`; its answers are evaluated as task classification, as binary-classification where there are two labels, or as ranking, of a dataset of interactions. The version is fixed when the evaluation begins.',
  }),
  compare: z
    .strictObject({ model: ModelTextSchema })
    .optional()
    .openapi({
      description:
        'A second model, asked about the same rows: what `model` is compared with, and the baseline of the gates. Gates may name figures of the comparison as well, such as accuracyDifference.',
      example: { model: 'sentiment@1.0.0' },
    }),
  positive: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .openapi({ description: 'With a model and task binary-classification: which of the two labels is 1.' }),
  allowSeen: z.boolean().optional().openapi({
    description:
      'With a recommender: whether items that the user had before may come again. By default not, as in recommend.',
  }),
  attribute: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .openapi({ description: 'With an image model that answers several questions: which of them.' }),
};
