import { z } from '@hono/zod-openapi';
import {
  DATASET_KINDS,
  DatasetNameSchema,
  DatasetVersionSchema,
  SPLIT_NAMES,
} from '../../shared/dataset/dataset-manifest.ts';
import type { DecidedSummary } from './decide.ts';
import { binName } from './length-bins.ts';
import type { Plan } from './plan.ts';
import type { BuildState } from './state.ts';
import type { Tally } from './tally.ts';

const CountedSchema = z.object({
  reason: z.string(),
  rows: z.int(),
  lines: z
    .array(z.int())
    .openapi({ description: 'The first of them: lines of the file, or places among what was collected.' }),
});
const BySplitSchema = z.object({ train: z.int(), validation: z.int(), test: z.int() });
const SharesSchema = z.array(z.object({ name: z.string(), rows: z.int() }));

const DriftFeatureSchema = z.object({
  name: z.enum(['label', 'length', 'language']),
  psi: z.number().openapi({ description: 'Population stability index: below 0.1 little change, above 0.25 much.' }),
  chiSquare: z.number(),
  pValue: z.number(),
  hasDrifted: z.boolean(),
});

/** `report.json` of a version, schema version 1: what was read, what was done to it, and what came of it. */
export const ReportSchema = z
  .object({
    schemaVersion: z.literal(1),
    name: DatasetNameSchema,
    version: DatasetVersionSchema,
    kind: z.enum(DATASET_KINDS),
    createdAt: z.iso.datetime(),
    contentSha256: z.string(),
    source: z.record(z.string(), z.unknown()),
    columns: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    rows: z.object({ read: z.int(), dropped: z.int(), kept: z.int() }),
    splits: BySplitSchema,
    labels: z.array(z.object({ label: z.string(), rows: z.int(), ...BySplitSchema.shape })),
    dropped: z.array(CountedSchema),
    changed: z.array(CountedSchema),
    conflicts: z.object({
      texts: z.int().openapi({ description: 'Texts that came with several labels.' }),
      settled: z.int().openapi({ description: 'Of them, those where one label was clear.' }),
    }),
    together: z
      .object({ groups: z.int(), rows: z.int(), largest: z.int() })
      .openapi({ description: 'Rows that are nearly the same, or of one group, and hence in one split.' }),
    languages: SharesSchema,
    lengths: SharesSchema.openapi({ description: 'Characters of the texts.' }),
    rareLabels: z
      .array(z.string())
      .openapi({ description: 'Labels of too few texts to be in every split: they are in train only.' }),
    drift: z
      .object({
        previous: DatasetVersionSchema,
        features: z.array(DriftFeatureSchema),
        newLabels: z.array(z.string()),
        goneLabels: z.array(z.string()),
      })
      .nullable()
      .openapi({ description: 'Against the version before; null for the first.' }),
    warnings: z.array(z.string()),
  })
  .openapi('DatasetReport');

export type Report = z.infer<typeof ReportSchema>;

/** A label that has this many times fewer rows than another is told. */
const IMBALANCE = 20;
const SMALL_SPLIT_ROWS = 100;

/** The report but for the drift. */
export function makeReport(plan: Plan, state: BuildState, summary: DecidedSummary): Omit<Report, 'drift'> {
  const { version = '', contentSha256 = '', createdAt, read } = state;
  const bySplit = (rows: readonly number[]) => ({ train: rows[0] ?? 0, validation: rows[1] ?? 0, test: rows[2] ?? 0 });
  const sum = (rows: readonly number[]) => rows.reduce((total, count) => total + count, 0);
  const labels = state.labels
    .map((label, place) => ({ label, rows: sum(summary.labels[place] ?? []), ...bySplit(summary.labels[place] ?? []) }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows || (a.label < b.label ? -1 : 1));
  const kept = sum(summary.splitRows);
  const rareLabels = summary.rareLabels.map((place) => state.labels[place] ?? '');
  const report = {
    schemaVersion: 1 as const,
    name: plan.name,
    version,
    kind: plan.kind,
    createdAt,
    contentSha256,
    source: describeSource(plan, state),
    columns: describeColumns(plan),
    rows: { read, dropped: read - kept, kept },
    splits: bySplit(summary.splitRows),
    labels,
    dropped: listed({ ...state.dropped, ...summary.dropped }),
    changed: listed(state.changed),
    conflicts: { ...summary.conflicts },
    together: { ...summary.together },
    languages: Object.entries(summary.languages)
      .map(([name, rows]) => ({ name, rows }))
      .sort((a, b) => b.rows - a.rows),
    lengths: plan.kind === 'interactions' ? [] : summary.lengths.map((rows, bin) => ({ name: binName(bin), rows })),
    rareLabels,
  };
  return { ...report, warnings: warningsOf(report, state) };
}

function describeSource({ source }: Plan, { position }: BuildState): Record<string, unknown> {
  if (source.kind !== 'upload') {
    const { kind, days, model, types } = source;
    return {
      kind,
      from: days[0]?.date,
      to: days.at(-1)?.date,
      ...(model ? { model } : {}),
      ...(types ? { types } : {}),
    };
  }
  return {
    kind: 'upload',
    upload: source.upload,
    sizeBytes: source.parts.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
    isGzipped: source.isGzipped,
    format: position.reader?.format,
    ...(position.reader?.delimiter ? { delimiter: position.reader.delimiter } : {}),
    encoding: position.decoding?.encoding === 'ascii' ? 'utf-8' : position.decoding?.encoding,
    unreadableCharacters: position.decoding?.replaced ?? 0,
  };
}

export function describeColumns({ kind, columns }: Pick<Plan, 'kind' | 'columns'>): Record<string, string | string[]> {
  if (kind === 'interactions') return {};
  const told: Record<string, string | string[]> = {};
  for (const [role, column] of Object.entries(columns)) if (column !== undefined) told[role] = column;
  return told;
}

function listed(tally: Tally): Report['dropped'] {
  return Object.entries(tally)
    .map(([reason, counted]) => ({ reason, ...counted }))
    .sort((a, b) => b.rows - a.rows);
}

function warningsOf(
  { labels, splits, rows, rareLabels, source }: Pick<Report, 'labels' | 'splits' | 'rows' | 'rareLabels' | 'source'>,
  { labels: names }: BuildState,
): string[] {
  const warnings: string[] = [];
  const [most, least] = [labels[0], labels.at(-1)];
  if (most && least && most.rows >= IMBALANCE * least.rows)
    warnings.push(
      `"${most.label}" has ${most.rows} rows, "${least.label}" ${least.rows}: look at figures by label, not at accuracy alone.`,
    );
  if (rareLabels.length > 0)
    warnings.push(
      `${rareLabels.length} labels have too few texts to be tested: ${rareLabels
        .slice(0, 10)
        .map((label) => `"${label}"`)
        .join(', ')}.`,
    );
  if (rows.dropped > rows.read / 2) warnings.push(`${rows.dropped} of ${rows.read} rows were dropped.`);
  for (const name of SPLIT_NAMES) {
    if (name !== 'train' && splits[name] > 0 && splits[name] < SMALL_SPLIT_ROWS)
      warnings.push(`${name} has ${splits[name]} rows: figures on it are rough.`);
  }
  const alike = [...Map.groupBy(names, (label) => label.toLowerCase()).values()].filter((group) => group.length > 1);
  for (const group of alike.slice(0, 5))
    warnings.push(`Labels differ by case only: ${group.map((label) => `"${label}"`).join(', ')}.`);
  if (Number(source['unreadableCharacters'] ?? 0) > 0)
    warnings.push(
      `${source['unreadableCharacters']} characters were no ${source['encoding']} and became \ufffd: say source.encoding.`,
    );
  return warnings;
}
