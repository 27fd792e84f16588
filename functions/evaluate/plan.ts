import { z } from 'zod';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { DATASET_KINDS, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { evaluationPrefix } from '../../shared/model/evaluation-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { IntervalsSchema } from './contract.ts';
import { FairnessSchema, GatesSchema } from './contract-gates.ts';

/** A tenant's object of rows, with the ETag that it had, or a piece of one. */
const StoredObjectSchema = z.object({
  key: z.string(),
  etag: z.string(),
  /** Bytes of the object, as `gather-piece.ts` has it; all pieces of an object follow one another, from 0 to its size. */
  piece: z.object({ offset: z.int().min(0), end: z.int().min(0) }).optional(),
});

/** Lines of a part of a dataset's version: `key` is the part's path below the version. */
const PartObjectSchema = z.object({
  key: z.string(),
  sha256: z.string(),
  /** Behind so many lines … */
  from: z.int().min(0),
  /** … so many. */
  count: z.int().min(0),
});

/** Users of a dataset of interactions, whose parts the plan lists: of `of` pieces the one at `place`. */
const UsersObjectSchema = z.object({ key: z.string(), users: z.object({ place: z.int().min(0), of: z.int().min(1) }) });

/** Which version of a dataset the rows are of, and how many the split has. */
const PlannedDatasetSchema = z.object({
  name: z.string(),
  version: z.string(),
  split: z.enum(SPLIT_NAMES),
  rows: z.int(),
});

/** A version of a model. The digest of its manifest, which has those of its files, says what exactly is asked. */
const PlannedModelSchema = z.object({
  root: z.string(),
  name: z.string(),
  version: z.string(),
  manifestSha256: z.string(),
});

/** Who is asked about the rows of a dataset, and how their answers are read. */
const PredictedSchema = z.object({
  kind: z.enum(DATASET_KINDS),
  /** The question of an image model. */
  attribute: z.string().optional(),
  /** Of a task of two classes: which label is 1, and which 0. */
  classes: z.object({ positive: z.string(), negative: z.string() }).optional(),
  /** Of interactions: the parts with what came before, and those that were held out. */
  parts: z.array(z.object({ path: z.string(), sha256: z.string(), rows: z.int(), isHeldOut: z.boolean() })).optional(),
  /** Of interactions: whether items may be recommended that the user had before. */
  allowSeen: z.boolean().optional(),
  /** The candidate, then what it is compared with. */
  models: z.array(PlannedModelSchema).min(1).max(2),
});

/** `tenants/{tenant}/evaluations/{id}/plan.json`: what is to be evaluated, which decides the result wholly. */
const PlanSchema = z.object({
  schemaVersion: z.literal(1),
  task: z.string(),
  settings: z.unknown(),
  columns: z.record(z.string(), z.string()),
  slices: z.array(z.string()),
  maxRejected: z.int(),
  intervals: IntervalsSchema,
  gates: GatesSchema.optional(),
  fairness: FairnessSchema.optional(),
  /** Where rows are a dataset's; `objects` are pieces of its parts then. */
  dataset: PlannedDatasetSchema.optional(),
  /** Where models are to be asked. */
  predicted: PredictedSchema.optional(),
  /** What is read, in the order in which the states are merged. */
  objects: z.array(z.union([StoredObjectSchema, PartObjectSchema, UsersObjectSchema])),
});

export type Plan = z.infer<typeof PlanSchema>;
export type StoredObject = z.infer<typeof StoredObjectSchema>;
export type PartObject = z.infer<typeof PartObjectSchema>;
export type UsersObject = z.infer<typeof UsersObjectSchema>;
export type PlannedDataset = z.infer<typeof PlannedDatasetSchema>;
export type PlannedModel = z.infer<typeof PlannedModelSchema>;
export type Predicted = z.infer<typeof PredictedSchema>;
/** A plan whose rows are given to models. */
export type PredictedPlan = Plan & { readonly dataset: PlannedDataset; readonly predicted: Predicted };

/** Digits of a plan's digest that name it: 128 bits. */
const ID_DIGITS = 32;

/** The same wish over the same objects has the same id, so that it is worked out once. */
export async function planId(plan: Plan): Promise<string> {
  return (await sha256Hex(JSON.stringify(PlanSchema.parse(plan)))).slice(0, ID_DIGITS);
}

/** When an evaluation was begun is beside the plan, as it decides nothing. */
const BegunSchema = z.object({ begunAt: z.iso.datetime().optional() });

/** One that is there already says the same. */
export async function writePlan(
  store: BlobStore,
  tenant: string,
  id: string,
  plan: Plan,
  begunAtMs: number,
): Promise<void> {
  const begunAt = new Date(begunAtMs).toISOString();
  await store.put(planKey(tenant, id), toJsonBytes({ ...plan, begunAt }), { ifNoneMatch: '*' });
}

export async function readPlan(store: BlobStore, tenant: string, id: string): Promise<Plan | null> {
  const found = await store.get(planKey(tenant, id));
  return found.kind === 'missing' ? null : PlanSchema.parse(fromJsonBytes(await found.bytes()));
}

/** Null where there is no plan; 0 of one that does not say. */
export async function readBegunAtMs(store: BlobStore, tenant: string, id: string): Promise<number | null> {
  const found = await store.get(planKey(tenant, id));
  if (found.kind === 'missing') return null;
  const { begunAt } = BegunSchema.parse(fromJsonBytes(await found.bytes()));
  return begunAt === undefined ? 0 : Date.parse(begunAt);
}

export async function deletePlan(store: BlobStore, tenant: string, id: string): Promise<void> {
  await store.delete(planKey(tenant, id));
}

/** Where a tenant's objects of rows lie. */
export function rowsKey(tenant: string, key: string): string {
  return `tenants/${tenant}/rows/${key}`;
}

export function partPrefix(tenant: string, id: string): string {
  return `${evaluationPrefix(tenant, id)}parts/`;
}

function planKey(tenant: string, id: string): string {
  return `${evaluationPrefix(tenant, id)}plan.json`;
}
