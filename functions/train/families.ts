import { z } from 'zod';
import document from './families.json' with { type: 'json' };

const ScaleSchema = z.object({ low: z.number().optional(), high: z.number().optional() });
const HyperparameterSchema = z.object({
  ...ScaleSchema.shape,
  type: z.enum(['integer', 'number', 'choice', 'boolean']),
  choices: z.array(z.string()).optional(),
  /** What is not is the same for all trials of a job. */
  searchable: z.boolean(),
});
export type Hyperparameter = z.infer<typeof HyperparameterSchema>;

const AlgorithmSchema = z.object({
  /** Whether a search may give most trials few epochs. */
  halving: z.boolean(),
  hyperparameters: z.record(z.string(), HyperparameterSchema),
});
export type Algorithm = z.infer<typeof AlgorithmSchema>;

const FamilySchema = z.object({
  auto: z.object({ baseline: z.string(), candidate: z.string() }),
  algorithms: z.record(z.string(), AlgorithmSchema),
});
export type AlgorithmFamily = z.infer<typeof FamilySchema>;

/**
 * What the training endpoint knows: its algorithms and their hyperparameters. `families.json` is the file of the same name in
 * infra/trainer, which `python -m edgemark_trainer families` prints.
 */
const { families } = z
  .object({ schemaVersion: z.literal(1), families: z.record(z.string(), FamilySchema) })
  .parse(document);

export function familyOf(name: string): AlgorithmFamily {
  const family = families[name];
  if (!family) throw new Error(`families.json has no family ${name}`);
  return family;
}
