import { z } from 'zod';

const FetcherSchema = z.custom<Fetcher>(
  (value) => typeof value === 'object' && value !== null,
  'a service binding is missing',
);

/** The gateway's service bindings, one a function. */
const GatewayEnvSchema = z.object({
  CLASSIFY: FetcherSchema,
  TAG: FetcherSchema,
  RECOMMEND: FetcherSchema,
  MODELS: FetcherSchema,
  INFER: FetcherSchema,
});

export type GatewayEnv = z.infer<typeof GatewayEnvSchema>;

export function parseGatewayEnv(env: unknown): GatewayEnv {
  const parsed = GatewayEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
