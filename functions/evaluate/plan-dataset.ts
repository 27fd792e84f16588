import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { DatasetManifest, DatasetSplit } from '../../shared/dataset/dataset-manifest.ts';
import { findDataset } from '../../shared/dataset/find-dataset.ts';
import { type EvaluateRequest, MAX_KEYS } from './contract.ts';
import type { EvaluateDeps } from './deps.ts';
import { MAX_PART_BYTES } from './open-part.ts';
import type { PartObject, Plan } from './plan.ts';
import { planModels } from './plan-models.ts';
import type { Wishes } from './wishes.ts';

/**
 * Rows of a part that models are asked about in one go: 4,000 texts of 14 ms each, by two models, take two minutes, of the five that a Worker may
 * compute. Pictures are decoded besides.
 */
const ROWS_A_PIECE = { text: 4_000, picture: 1_000 };

/** What a plan says of the dataset and the models. */
export type DatasetPlan = Pick<Plan, 'objects' | 'dataset' | 'predicted'>;

/** Which version of the dataset is meant at this moment, which of its parts are read, and who is asked about their rows. */
export async function planDataset(
  { store }: EvaluateDeps,
  tenant: string,
  wishes: Wishes,
  { name, version, split: splitName }: NonNullable<NonNullable<EvaluateRequest['source']>['dataset']>,
): Promise<Outcome<DatasetPlan>> {
  const found = await findDataset(store, tenant, name, version);
  if (!found.ok) return found;
  const manifest = found.value;
  const split = manifest.splits[splitName];
  const large = split.parts.find(({ sizeBytes }) => sizeBytes > MAX_PART_BYTES);
  if (split.rows === 0) return invalidField('source.dataset.split', `"${splitName}" of "${name}" has no rows`);
  if (large)
    return invalidField(
      'source.dataset',
      `"${large.path}" has ${large.sizeBytes} bytes; a part may have ${MAX_PART_BYTES}`,
    );
  const predicted = await planModels(store, tenant, wishes, manifest);
  if (!predicted.ok) return predicted;
  const objects = piecesOf(manifest, split, predicted.value !== null);
  if (objects.length > MAX_KEYS)
    return invalidField('source.dataset', `comes to ${objects.length} pieces; an evaluation may have ${MAX_KEYS}`);
  return ok({
    objects,
    dataset: { name, version: manifest.version, split: splitName, rows: split.rows },
    ...(predicted.value === null ? {} : { predicted: predicted.value }),
  });
}

/** Whole parts, or where models are asked, as many rows of them as can be answered in one go. */
function piecesOf({ kind }: DatasetManifest, { parts }: DatasetSplit, isPredicted: boolean): PartObject[] {
  const most = kind === 'image-classification' ? ROWS_A_PIECE.picture : ROWS_A_PIECE.text;
  return parts
    .filter(({ rows }) => rows > 0)
    .flatMap(({ path, sha256, rows }) => {
      const size = isPredicted ? most : rows;
      return Array.from({ length: Math.ceil(rows / size) }, (_, piece) => ({
        key: path,
        sha256,
        from: piece * size,
        count: Math.min(size, rows - piece * size),
      }));
    });
}
