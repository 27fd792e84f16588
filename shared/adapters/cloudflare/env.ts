import { z } from 'zod';

/** Bindings and variables that every function's Worker has; parsed once per isolate at the entry. */
const EnvSchema = z.object({
  BUCKET: z.custom<R2Bucket>((value) => typeof value === 'object' && value !== null, 'an R2 bucket binding is missing'),
  /** Which requests are logged: `all`, or only `failures`. */
  LOG_REQUESTS: z.enum(['all', 'failures']).default('all'),
});

export type Env = z.infer<typeof EnvSchema>;

/** The parsed environment; a misconfigured Worker fails here, with the reason in the operator's log. */
export function parseEnv(env: unknown): Env {
  const parsed = EnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
