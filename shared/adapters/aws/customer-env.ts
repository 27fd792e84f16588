import { z } from 'zod';

/** What functions that know customers have besides; without the secret they know none. */
const CustomerEnvSchema = z.object({
  /** `VERSION:BASE64`, the same for all functions: see pseudonym-secret.ts. */
  PSEUDONYM_SECRET: z.string().optional(),
});

export type CustomerEnv = z.infer<typeof CustomerEnvSchema>;

export function parseCustomerEnv(env: unknown): CustomerEnv {
  return CustomerEnvSchema.parse(env);
}
