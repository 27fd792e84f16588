import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DevError } from '../bootstrap/dev-error.mjs';

/** Of `config.json` what a classifier needs: https://huggingface.co/docs/transformers/main_classes/configuration */
const ConfigSchema = z.object({
  id2label: z.record(z.string(), z.string()).optional(),
  problem_type: z.string().nullish(),
  max_position_embeddings: z.int().positive().optional().catch(undefined),
});

const TokenizerConfigSchema = z.object({ model_max_length: z.number().positive().optional().catch(undefined) });

export interface HuggingFaceConfig {
  /** Labels in the order of the logits; absent where the model is no classifier. */
  readonly labels?: readonly string[];
  readonly scores: 'softmax' | 'sigmoid';
  readonly maxTokens: number;
}

const LONGEST = 8192;
const USUAL_TOKENS = 512;

/** What the folder's configuration says, or undefined without `config.json`. Throws `DevError` if it is broken. */
export function readHuggingFaceConfig(folder: string): HuggingFaceConfig | undefined {
  const config = readJson(folder, 'config.json', ConfigSchema);
  if (!config) return undefined;
  const tokenizer = readJson(folder, 'tokenizer_config.json', TokenizerConfigSchema);
  // A tokenizer without a limit says 1e30 there.
  const limits = [tokenizer?.model_max_length, config.max_position_embeddings].filter(
    (limit): limit is number => limit !== undefined && limit <= LONGEST,
  );
  return {
    ...(config.id2label ? { labels: orderLabels(config.id2label) } : {}),
    scores: config.problem_type === 'multi_label_classification' ? 'sigmoid' : 'softmax',
    maxTokens: limits.length > 0 ? Math.floor(Math.min(...limits)) : USUAL_TOKENS,
  };
}

function orderLabels(labelOfId: Readonly<Record<string, string>>): string[] {
  const labels = Object.keys(labelOfId).map((_, id) => labelOfId[String(id)]);
  const gap = labels.indexOf(undefined);
  if (gap >= 0)
    throw new DevError(
      `id2label in config.json has no label ${gap}.`,
      'Ids count from 0 without gaps; or give --labels.',
    );
  return labels as string[];
}

function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new DevError(
      `${path} can't be used: ${error instanceof Error ? error.message : String(error)}`,
      'Mend it, or leave it out.',
    );
  }
}
