import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import {
  type DatasetManifest,
  type DatasetSplit,
  SPLIT_NAMES,
  type SplitName,
} from '../../shared/dataset/dataset-manifest.ts';
import { findDataset } from '../../shared/dataset/find-dataset.ts';
import type { EvaluateRequest } from './contract.ts';
import { MAX_KEYS } from './contract-source.ts';
import type { EvaluateDeps } from './deps.ts';
import { MAX_PART_BYTES } from './open-part.ts';
import type { PartObject, Plan, Predicted, UsersObject } from './plan.ts';
import { planModels } from './plan-models.ts';
import type { Wishes } from './wishes.ts';

/**
 * Rows of a part that models are asked about in one go: 4,000 texts of 14 ms each, by two models, take two minutes, of the five that a Worker may
 * compute. Pictures are decoded besides. Interactions are divided by their users.
 */
const ROWS_A_PIECE = { text: 4_000, picture: 1_000, interaction: 10_000 };

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
  if (manifest.kind === 'interactions' && predicted.value !== null) {
    const parts = historyOf(manifest, splitName);
    if (parts.length === split.parts.length)
      return invalidField(
        'source.dataset.split',
        `"${splitName}" of "${name}" has nothing before it to recommend from`,
      );
    predicted.value.parts = parts;
  }
  const objects = piecesOf(manifest, split, predicted.value !== null);
  if (objects.length > MAX_KEYS)
    return invalidField('source.dataset', `comes to ${objects.length} pieces; an evaluation may have ${MAX_KEYS}`);
  return ok({
    objects,
    dataset: { name, version: manifest.version, split: splitName, rows: split.rows },
    ...(predicted.value === null ? {} : { predicted: predicted.value }),
  });
}

/** The parts of the splits before the one that is held out, and its own. */
function historyOf({ splits }: DatasetManifest, heldOut: SplitName): NonNullable<Predicted['parts']> {
  const until = SPLIT_NAMES.slice(0, SPLIT_NAMES.indexOf(heldOut) + 1);
  return until.flatMap((split) =>
    splits[split].parts.map(({ path, sha256, rows }) => ({ path, sha256, rows, isHeldOut: split === heldOut })),
  );
}

/** Whole parts, or where models are asked, as many rows of them as can be answered in one go. */
function piecesOf(
  { kind }: DatasetManifest,
  { parts, rows: all }: DatasetSplit,
  isPredicted: boolean,
): (PartObject | UsersObject)[] {
  if (isPredicted && kind === 'interactions') {
    const of = Math.ceil(all / ROWS_A_PIECE.interaction);
    return Array.from({ length: of }, (_, place) => ({ key: `users ${place + 1} of ${of}`, users: { place, of } }));
  }
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
