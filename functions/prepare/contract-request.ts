import { z } from '@hono/zod-openapi';
import { DatasetNameSchema } from '../../shared/dataset/dataset-manifest.ts';
import { ENCODINGS } from './decode-text.ts';
import { LANGUAGES } from './language.ts';

/** Rows that one version may be made of: what their facts take in the memory of a Worker. */
export const MAX_ROWS = 200_000;
/** Bytes of a source when it is unpacked. */
export const MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024;
export const MAX_LABELS = 1_000;
/** Rows that must stay of a dataset to be one, and of a class to be learned at all. */
export const LEAST_ROWS = 20;
export const LEAST_ROWS_A_LABEL = 2;

/** Kinds that can be made here. */
const MADE_KINDS = ['text-classification', 'interactions'] as const;
const MomentSchema = z.iso.datetime({ offset: true });
const ColumnSchema = z.string().min(1).max(256);
const WindowSchema = z.strictObject({
  from: MomentSchema.optional().openapi({ description: 'Arrived at this moment or later.' }),
  to: MomentSchema.optional().openapi({ description: 'Arrived before this moment; the request’s without one.' }),
});

export const SourceSchema = z
  .strictObject({
    upload: z.uuid().optional().openapi({ description: 'A finished upload: CSV or NDJSON, gzipped or not.' }),
    feedback: WindowSchema.extend({
      model: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .openapi({ description: 'Only of this model, whatever its version.' }),
    })
      .optional()
      .openapi({ description: 'Right labels of texts that POST /v1/feedback collected.' }),
    events: WindowSchema.extend({ types: z.array(z.string().max(32)).min(1).max(50).optional() })
      .optional()
      .openapi({ description: 'What POST /v1/events and imports collected.' }),
    format: z.enum(['csv', 'ndjson']).optional().openapi({ description: 'Of an upload; told from the content.' }),
    encoding: z.enum(ENCODINGS).optional().openapi({ description: 'Of an upload; told from the content.' }),
    header: z.boolean().optional().openapi({
      description:
        'Whether the first row of CSV names the columns; else they are "column 1" and so on. Told from the content.',
    }),
    delimiter: z.string().length(1).optional().openapi({ description: 'Of CSV; told from the header.' }),
  })
  .refine(
    ({ upload, feedback, events }) => [upload, feedback, events].filter((said) => said !== undefined).length === 1,
    'takes one of upload, feedback and events',
  );

export const ColumnsSchema = z
  .strictObject({
    text: ColumnSchema.optional(),
    label: ColumnSchema.optional(),
    id: ColumnSchema.optional(),
    group: ColumnSchema.optional().openapi({
      description: 'Rows of one group are never parted: a customer, a thread.',
    }),
    time: ColumnSchema.optional().openapi({ description: 'When: ISO 8601, or seconds or milliseconds since 1970.' }),
    keep: z
      .array(ColumnSchema)
      .max(20)
      .optional()
      .openapi({ description: 'Further columns; all of up to 20 otherwise.' }),
  })
  .openapi({ description: 'Which columns of the source mean what. What is not said is guessed and shown.' });

export const CleaningSchema = z
  .strictObject({
    encoding: z
      .enum(['repair', 'keep'])
      .default('repair')
      .openapi({ description: 'UTF-8 that was misread is turned back.' }),
    maxCharacters: z.int().min(1).max(100_000).default(20_000).openapi({ description: 'Longer texts are dropped.' }),
    duplicates: z
      .enum(['drop', 'keep'])
      .default('drop')
      .openapi({ description: 'Same letters and digits, same label.' }),
    nearDuplicates: z
      .strictObject({
        action: z.enum(['drop', 'keep']).default('drop'),
        threshold: z.number().min(0.5).max(1).default(0.7),
      })
      .prefault({})
      .openapi({
        description:
          'Texts that share at least this part of their 5-grams, of Chinese, Japanese or Korean 3-grams (Jaccard, estimated from 64 hashes). Kept or dropped, they are not parted by the split.',
      }),
    conflicts: z
      .strictObject({
        action: z.enum(['majority', 'drop', 'keep']).default('majority'),
        share: z.number().min(0.5).max(1).default(0.66),
      })
      .prefault({})
      .openapi({
        description:
          'The same text with different labels: the label of more than this share of the copies, else none stays.',
      }),
    languages: z
      .array(z.enum(LANGUAGES))
      .min(1)
      .optional()
      .openapi({ description: 'Only texts of these; all otherwise. `und`: too short or unclear to tell.' }),
    personalData: z.enum(['redact', 'mark', 'drop', 'keep']).default('redact').openapi({
      description: 'E-mail addresses, phone and card numbers: taken out, marked in a column, or the row dropped.',
    }),
  })
  .openapi('Cleaning');

const ShareSchema = z.number().min(0).max(1);

export const SplitSchema = z
  .strictObject({
    method: z.enum(['random', 'stratified', 'grouped', 'time']).optional().openapi({
      description:
        'stratified: each label alike in every split (the default where there are labels); grouped: by columns.group; time: by columns.time.',
    }),
    shares: z
      .strictObject({ train: ShareSchema.min(0.01), validation: ShareSchema, test: ShareSchema })
      .refine(({ train, validation, test }) => Math.abs(train + validation + test - 1) < 1e-9, 'must add up to 1')
      .default({ train: 0.8, validation: 0.1, test: 0.1 }),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    at: z
      .tuple([MomentSchema, MomentSchema])
      .optional()
      .openapi({ description: 'Of method time: when validation begins and when test begins, in place of shares.' }),
  })
  .openapi('DatasetSplitWish');

export const DatasetRequestSchema = z
  .strictObject({
    name: DatasetNameSchema,
    kind: z.enum(MADE_KINDS).default('text-classification'),
    source: SourceSchema,
    columns: ColumnsSchema.prefault({}),
    cleaning: CleaningSchema.prefault({}),
    split: SplitSchema.prefault({}),
    dryRun: z
      .boolean()
      .default(false)
      .openapi({ description: 'Only say how the source is understood; nothing is made.' }),
  })
  .openapi('DatasetRequest', {
    example: {
      name: 'reviews',
      source: { upload: '2b1f6f5e-7f6c-4a53-9f0e-0d6a3c1b7a55' },
      columns: { text: 'review', label: 'stars' },
    },
  });

export type DatasetRequest = z.infer<typeof DatasetRequestSchema>;
export type Columns = z.infer<typeof ColumnsSchema>;
export type Cleaning = z.infer<typeof CleaningSchema>;
export type SplitWish = z.infer<typeof SplitSchema>;
