import { z } from 'zod';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { ArmsDocumentSchema } from '../../shared/customer/arms.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { IntervalsSchema } from './contract.ts';
import { EventsSourceSchema } from './contract-events.ts';
import { GatesSchema } from './contract-gates.ts';

/** `tenants/{tenant}/evaluations/{id}/events.json`, schema version 1: an evaluation of collected events. */
const EventPlanSchema = z.object({
  schemaVersion: z.literal(1),
  task: z.string(),
  settings: z.unknown(),
  maxRejected: z.int(),
  intervals: IntervalsSchema,
  gates: GatesSchema.optional(),
  events: EventsSourceSchema,
  /** The A/B definition as it was, where arms are an experiment's. */
  division: ArmsDocumentSchema.pick({ arms: true, salt: true }).nullable(),
  /** What arrived later does not count, so that it does not matter when, and from which parts, events are read. */
  asOf: z.iso.datetime(),
});

export type EventPlan = z.infer<typeof EventPlanSchema>;

/** Digits of a plan's digest that name it: 128 bits. */
const ID_DIGITS = 32;

/** The same wish over the same parts, with the same customers erased, has the same id. */
export async function eventPlanId(
  { asOf: _, ...plan }: EventPlan,
  keys: readonly string[],
  erased: readonly string[],
): Promise<string> {
  return (await sha256Hex(JSON.stringify({ plan, keys, erased }))).slice(0, ID_DIGITS);
}

/** One that is there already holds. */
export async function writeEventPlan(store: BlobStore, tenant: string, id: string, plan: EventPlan): Promise<void> {
  await store.put(eventPlanKey(tenant, id), toJsonBytes(plan), { ifNoneMatch: '*' });
}

export async function readEventPlan(store: BlobStore, tenant: string, id: string): Promise<EventPlan | null> {
  const found = await store.get(eventPlanKey(tenant, id));
  return found.kind === 'missing' ? null : EventPlanSchema.parse(fromJsonBytes(await found.bytes()));
}

function eventPlanKey(tenant: string, id: string): string {
  return `tenants/${tenant}/evaluations/${id}/events.json`;
}
