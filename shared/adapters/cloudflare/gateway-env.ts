import { z } from 'zod';

const FetcherSchema = z.custom<Fetcher>(
  (value) => typeof value === 'object' && value !== null,
  'a service binding is missing',
);

/** A function that has something to do each minute, as its service binding shows it. */
interface Ticking {
  tick(): Promise<void>;
}

const TickingSchema = z.custom<Ticking>(
  // A binding's methods are not its own properties: only that it is one can be seen.
  (value) => (typeof value === 'object' || typeof value === 'function') && value !== null,
  'a service binding to an entry point that ticks is missing',
);

/** The gateway's service bindings, one a function, and one more for each that has work by the clock. */
const GatewayEnvSchema = z.object({
  CLASSIFY: FetcherSchema,
  TAG: FetcherSchema,
  RECOMMEND: FetcherSchema,
  REBUILD: FetcherSchema,
  MODELS: FetcherSchema,
  INFER: FetcherSchema,
  COLLECT: FetcherSchema,
  EVALUATE: FetcherSchema,
  PREPARE: FetcherSchema,
  TRAIN: FetcherSchema,
  COLLECT_TICKS: TickingSchema,
  EVALUATE_TICKS: TickingSchema,
  PREPARE_TICKS: TickingSchema,
  REBUILD_TICKS: TickingSchema,
  TRAIN_TICKS: TickingSchema,
});

export type GatewayEnv = z.infer<typeof GatewayEnvSchema>;

export function parseGatewayEnv(env: unknown): GatewayEnv {
  const parsed = GatewayEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
