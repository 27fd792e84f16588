import { z } from '@hono/zod-openapi';
import { MAX_DEPTH, MAX_DEPTHS } from '../../shared/metrics/ranking/settings.ts';

/** Settings of the tasks, as callers give them; the tasks' own interfaces say what each means. */
const cost = z.number().min(0).max(1e9).default(1);
const beta = z.number().positive().max(1_000).default(1);
const calibrationBins = z.int().min(2).max(100).default(10);
const armName = z.string().min(1).max(200).nullable().default(null);
const plannedShares = z.record(z.string(), z.number().positive()).nullable().default(null);
const money = z.number().min(0).max(1e12).nullable().default(null);

const atPercents = z
  .array(z.number().gt(0).max(100))
  .min(1)
  .max(20)
  .transform((percents) => [...new Set(percents)].sort((a, b) => a - b));

export const binaryClassificationSettings = z
  .strictObject({
    threshold: z.number().default(0.5),
    beta,
    calibrationBins,
    costFalsePositive: cost,
    costFalseNegative: cost,
    atPercents: atPercents.default([10]),
    valuePerPositive: money,
    costPerContact: money,
  })
  .refine(
    ({ valuePerPositive, costPerContact }) => (valuePerPositive === null) === (costPerContact === null),
    'takes valuePerPositive and costPerContact together',
  );

export const classificationSettings = z.strictObject({
  beta,
  topK: z.int().min(1).max(100).default(3),
  calibrationBins,
});

export const multilabelSettings = z.strictObject({
  threshold: z.number().default(0.5),
});

export const comparisonSettings = z.strictObject({
  kind: z.enum(['binary-classification', 'classification', 'regression', 'ranking']).default('binary-classification'),
  threshold: z.number().default(0.5),
});

export const regressionSettings = z.strictObject({
  quantile: z.number().gt(0).lt(1).default(0.5),
  intervalCoverage: z.number().gt(0).lt(1).default(0.9),
});

export const rankingSettings = z.strictObject({
  k: z
    .array(z.int().min(1).max(MAX_DEPTH))
    .min(1)
    .max(MAX_DEPTHS)
    .default([10])
    .transform((depths) => [...new Set(depths)].sort((a, b) => a - b)),
  gain: z.enum(['linear', 'exponential']).default('linear'),
  catalogueSize: z.int().min(1).nullable().default(null),
});

export const driftSettings = z.strictObject({
  bins: z.int().min(2).max(100).default(10),
  kinds: z.record(z.string(), z.enum(['numeric', 'categorical'])).default({}),
  features: z.array(z.string().min(1).max(256)).min(1).nullable().default(null),
  label: z.string().min(1).max(256).nullable().default(null),
  psiThreshold: z.number().positive().default(0.2),
});

export const campaignSettings = z.strictObject({
  name: z.string().min(1).max(100).default('The campaign'),
  control: armName,
  plannedShares,
  margin: z.number().min(0).max(1).default(1),
  valuePerConversion: money,
  costPerCustomer: money,
  power: z.number().min(0.5).max(0.99).default(0.8),
});

export const upliftSettings = z
  .strictObject({
    atPercents: z.array(z.number().gt(0).max(100)).min(1).max(20).default([10, 20, 30, 50]),
    bins: z.int().min(2).max(100).default(10),
    outcomeKind: z.enum(['binary', 'amount']).default('binary'),
    valuePerOutcome: money,
    costPerContact: money,
  })
  .refine(
    ({ valuePerOutcome, costPerContact }) => (valuePerOutcome === null) === (costPerContact === null),
    'takes valuePerOutcome and costPerContact together',
  );

export const abTestSettings = z.strictObject({
  control: armName,
  plannedShares,
  plannedRows: z.int().min(1).max(1e12).default(10_000),
});

const windowDays = z.number().min(0).max(365);

export const attributionSettings = z.strictObject({
  touch: z.enum(['first', 'last']).default('last'),
  clickWindowDays: windowDays.default(7),
  viewWindowDays: windowDays.default(1),
  sameItem: z.boolean().default(false),
});
