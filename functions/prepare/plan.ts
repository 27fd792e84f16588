import { z } from 'zod';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { DatasetNameSchema } from '../../shared/dataset/dataset-manifest.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { CleaningSchema, SplitSchema } from './contract-request.ts';
import { ENCODINGS } from './decode-text.ts';

const PartSchema = z.object({ key: z.string(), etag: z.string(), sizeBytes: z.int() });

/** Where the rows come from: every object with the ETag that it had. */
const PlanSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('upload'),
    upload: z.string(),
    parts: z.array(PartSchema),
    isGzipped: z.boolean(),
    format: z.enum(['csv', 'ndjson']).optional(),
    encoding: z.enum(ENCODINGS).optional(),
    delimiter: z.string().optional(),
    header: z.array(z.string()).optional(),
  }),
  z.object({
    kind: z.enum(['feedback', 'events']),
    /** Keys of parts of lines, in order; parts that are merged or erased meanwhile are found by their days. */
    days: z.array(z.object({ date: z.iso.date(), parts: z.array(z.string()) })),
    fromMs: z.number(),
    toMs: z.number(),
    model: z.string().optional(),
    types: z.array(z.string()).optional(),
  }),
]);

/** `tenants/{tenant}/preparations/{name}/{id}/plan.json`, schema version 1: what is to be made, which decides the rows wholly. */
const PlanSchema = z.object({
  schemaVersion: z.literal(1),
  name: DatasetNameSchema,
  kind: z.enum(['text-classification', 'interactions']),
  source: PlanSourceSchema,
  columns: z.object({
    text: z.string(),
    label: z.string(),
    id: z.string().optional(),
    group: z.string().optional(),
    time: z.string().optional(),
    keep: z.array(z.string()),
  }),
  cleaning: CleaningSchema,
  split: SplitSchema.required({ method: true }),
});

export type Plan = z.infer<typeof PlanSchema>;
export type PlanSource = Plan['source'];

/** Where a build is. */
export interface BuildPlace {
  readonly tenant: string;
  readonly name: string;
  readonly build: string;
}

/** Digits of a plan's digest that name its build: 128 bits. */
const ID_DIGITS = 32;

/** The same wish over the same source has the same id, so that it is made once. */
export async function planId(plan: Plan): Promise<string> {
  return (await sha256Hex(JSON.stringify(PlanSchema.parse(plan)))).slice(0, ID_DIGITS);
}

/** One that is there already says the same. */
export async function writePlan(store: BlobStore, place: BuildPlace, plan: Plan): Promise<void> {
  await store.put(`${buildPrefix(place)}plan.json`, toJsonBytes(plan), { ifNoneMatch: '*' });
}

export async function readPlan(store: BlobStore, place: BuildPlace): Promise<Plan | null> {
  const found = await store.get(`${buildPrefix(place)}plan.json`);
  return found.kind === 'missing' ? null : PlanSchema.parse(fromJsonBytes(await found.bytes()));
}

export function buildsPrefix(tenant: string, name: string): string {
  return `tenants/${tenant}/preparations/${name}/`;
}

export function buildPrefix({ tenant, name, build }: BuildPlace): string {
  return `${buildsPrefix(tenant, name)}${build}/`;
}

/** Rows of a chunk as they would be stored, gzipped NDJSON. */
export function stagedRowsKey(place: BuildPlace, chunk: number): string {
  return `${buildPrefix(place)}rows/${String(chunk).padStart(5, '0')}.ndjson.gz`;
}

/** What of them is decided by. */
export function stagedFactsKey(place: BuildPlace, chunk: number): string {
  return `${buildPrefix(place)}facts/${String(chunk).padStart(5, '0')}.bin`;
}

/** For each staged row the split that it goes to, a byte each. */
export function decisionsKey(place: BuildPlace): string {
  return `${buildPrefix(place)}decisions.bin`;
}

/** What the decisions came to: the report but for the drift. */
export function decidedKey(place: BuildPlace): string {
  return `${buildPrefix(place)}decided.json`;
}

/** Says that a build is not done, so that ticks find it. */
export function openBuildsPrefix(tenant: string, name?: string): string {
  return `tenants/${tenant}/preparing/${name === undefined ? '' : `${name}/`}`;
}

export function openBuildKey({ tenant, name, build }: BuildPlace): string {
  return `${openBuildsPrefix(tenant, name)}${build}`;
}
